//! Whether a template is in the subset of Jinja that cannot do harm, before the engine compiles it.
//!
//! No statement binds a name but a loop, and a loop goes over a variable; no operator makes a text longer. So no value
//! is longer than a variable, a literal or what a filter may make, whatever a template does with it, and the engine's
//! fuel bounds the steps. The engine reads and compiles by recursion: parts of a tag and the number of tags are
//! limited, and with them its stack.

use minijinja::machinery::ast::{BinOpKind, CallArg, Expr, Stmt};
use minijinja::machinery::{Span, Token, parse, tokenize};
use minijinja::syntax::SyntaxConfig;

use super::SOURCE_MAX;
use super::fault::{TemplateFault, TemplateWhy, Unsupported};
use super::filters;

/// Tags of a template.
const TAGS_MAX: usize = 300;
/// Parts of a tag: names, operators, literals.
const PARTS_MAX: usize = 100;
/// Loops within each other.
const LOOPS_MAX: usize = 3;
/// Statements within each other.
const DEPTH_MAX: usize = 20;

/// Checks a template that may use these variables.
pub(super) fn check(
    source: &str,
    syntax: &SyntaxConfig,
    names: &[&str],
) -> Result<(), TemplateFault> {
    if source.len() > SOURCE_MAX {
        return Err(TemplateFault::whole(TemplateWhy::TooLong(SOURCE_MAX)));
    }
    let control = |c: char| c.is_control() && !matches!(c, '\n' | '\r' | '\t');
    if let Some((at, c)) = source.char_indices().find(|(_, c)| control(*c)) {
        return Err(TemplateFault::at_byte(
            TemplateWhy::Control(c.into()),
            source,
            at,
        ));
    }
    count(source, syntax)?;
    let template = parse(source, "template", syntax.clone())
        .map_err(|error| TemplateFault::of_engine(&error, source, 0))?;
    Checker {
        source,
        names,
        bound: Vec::new(),
        depth: 0,
    }
    .statement(&template)
}

fn count(source: &str, syntax: &SyntaxConfig) -> Result<(), TemplateFault> {
    let (mut tags, mut parts) = (0_usize, 0_usize);
    let fault = |why, span: &Span| {
        let at = usize::try_from(span.start_offset).unwrap_or(0);
        Err(TemplateFault::at_byte(why, source, at))
    };
    for token in tokenize(source, false, syntax.clone()) {
        let (token, span) = token.map_err(|error| TemplateFault::of_engine(&error, source, 0))?;
        match token {
            Token::VariableStart | Token::BlockStart => {
                (tags, parts) = (tags + 1, 0);
                if tags > TAGS_MAX {
                    return fault(TemplateWhy::TooManyTags(TAGS_MAX), &span);
                }
            }
            Token::VariableEnd | Token::BlockEnd | Token::TemplateData(_) => {}
            _ => {
                parts += 1;
                if parts > PARTS_MAX {
                    return fault(TemplateWhy::TagTooLong(PARTS_MAX), &span);
                }
            }
        }
    }
    Ok(())
}

struct Checker<'a> {
    source: &'a str,
    names: &'a [&'a str],
    /// Names that loops bind, the innermost last.
    bound: Vec<String>,
    /// Statements around the one that is looked at.
    depth: usize,
}

impl Checker<'_> {
    fn fault(&self, why: TemplateWhy, span: Span) -> Result<(), TemplateFault> {
        let at = usize::try_from(span.start_offset).unwrap_or(0);
        Err(TemplateFault::at_byte(why, self.source, at))
    }

    fn refuse(&self, what: Unsupported, span: Span) -> Result<(), TemplateFault> {
        self.fault(TemplateWhy::NotSupported(what), span)
    }

    fn statements(&mut self, all: &[Stmt<'_>]) -> Result<(), TemplateFault> {
        self.depth += 1;
        if self.depth > DEPTH_MAX {
            let why = TemplateWhy::NotSupported(Unsupported::Nesting(DEPTH_MAX));
            return Err(TemplateFault::whole(why));
        }
        for one in all {
            self.statement(one)?;
        }
        self.depth -= 1;
        Ok(())
    }

    fn statement(&mut self, statement: &Stmt<'_>) -> Result<(), TemplateFault> {
        match statement {
            Stmt::Template(template) => self.statements(&template.children),
            Stmt::EmitRaw(_) => Ok(()),
            Stmt::EmitExpr(emit) => self.expression(&emit.expr),
            Stmt::IfCond(condition) => {
                self.expression(&condition.expr)?;
                self.statements(&condition.true_body)?;
                // `elif` is an `if` in the other branch, and no nesting to its writer.
                match condition.false_body.as_slice() {
                    [elif @ Stmt::IfCond(_)] => self.statement(elif),
                    other => self.statements(other),
                }
            }
            Stmt::ForLoop(looping) => {
                let span = looping.span();
                if looping.recursive {
                    return self.refuse(Unsupported::RecursiveLoop, span);
                }
                if self.bound.len() >= LOOPS_MAX {
                    return self.fault(TemplateWhy::LoopsTooDeep(LOOPS_MAX), span);
                }
                if !is_path(&looping.iter) {
                    return self.fault(TemplateWhy::LoopOver, looping.iter.span());
                }
                self.expression(&looping.iter)?;
                let Expr::Var(target) = &looping.target else {
                    return self.refuse(Unsupported::SeveralNames, looping.target.span());
                };
                self.statements(&looping.else_body)?;
                self.bound.push(target.id.to_owned());
                if let Some(filter) = &looping.filter_expr {
                    self.expression(filter)?;
                }
                self.statements(&looping.body)?;
                self.bound.pop();
                Ok(())
            }
            Stmt::WithBlock(with) => self.refuse(Unsupported::Statement("with"), with.span()),
            Stmt::Set(set) => self.refuse(Unsupported::Statement("set"), set.span()),
            Stmt::SetBlock(set) => self.refuse(Unsupported::Statement("set"), set.span()),
            Stmt::AutoEscape(escape) => {
                self.refuse(Unsupported::Statement("autoescape"), escape.span())
            }
            Stmt::FilterBlock(filter) => {
                self.refuse(Unsupported::Statement("filter"), filter.span())
            }
            Stmt::Do(act) => self.refuse(Unsupported::Statement("do"), act.span()),
            #[expect(
                unreachable_patterns,
                reason = "the engine is built without macros, blocks and imports; a feature of another crate would bring them back"
            )]
            _ => Err(TemplateFault::whole(TemplateWhy::NotSupported(
                Unsupported::ThisStatement,
            ))),
        }
    }

    fn expressions<'e, 's: 'e>(
        &self,
        all: impl IntoIterator<Item = &'e Expr<'s>>,
    ) -> Result<(), TemplateFault> {
        all.into_iter().try_for_each(|one| self.expression(one))
    }

    fn arguments(&self, all: &[CallArg<'_>], span: Span) -> Result<(), TemplateFault> {
        for argument in all {
            match argument {
                CallArg::Pos(value) => self.expression(value)?,
                CallArg::Kwarg(..) | CallArg::PosSplat(_) | CallArg::KwargSplat(_) => {
                    return self.refuse(Unsupported::NamedArgument, span);
                }
            }
        }
        Ok(())
    }

    fn expression(&self, expression: &Expr<'_>) -> Result<(), TemplateFault> {
        match expression {
            Expr::Const(_) => Ok(()),
            Expr::Var(variable) => {
                let is_known = self.names.contains(&variable.id)
                    || self.bound.iter().any(|name| name == variable.id)
                    || (variable.id == "loop" && !self.bound.is_empty());
                if is_known {
                    return Ok(());
                }
                let name = variable.id.to_owned();
                self.fault(TemplateWhy::UnknownVariable(name), variable.span())
            }
            Expr::Slice(slice) => {
                self.expression(&slice.expr)?;
                self.expressions(slice.start.iter().chain(&slice.stop).chain(&slice.step))
            }
            Expr::UnaryOp(operation) => self.expression(&operation.expr),
            Expr::BinOp(operation) => {
                let growing = match operation.op {
                    BinOpKind::Add => Some("+"),
                    BinOpKind::Mul => Some("*"),
                    BinOpKind::Pow => Some("**"),
                    BinOpKind::Concat => Some("~"),
                    _ => None,
                };
                if let Some(operator) = growing {
                    return self.refuse(Unsupported::Operator(operator), operation.span());
                }
                self.expression(&operation.left)?;
                self.expression(&operation.right)
            }
            Expr::Compare(comparison) => {
                self.expression(&comparison.expr)?;
                self.expressions(comparison.ops.iter().map(|operation| &operation.expr))
            }
            Expr::IfExpr(choice) => {
                self.expression(&choice.test_expr)?;
                self.expression(&choice.true_expr)?;
                self.expressions(&choice.false_expr)
            }
            Expr::Filter(filter) => {
                if !filters::is_known(filter.name) {
                    let name = filter.name.to_owned();
                    return self.fault(TemplateWhy::UnknownFilter(name), filter.span());
                }
                self.expressions(&filter.expr)?;
                self.arguments(&filter.args, filter.span())
            }
            Expr::Test(test) => {
                if test.name != "none" {
                    let name = test.name.to_owned();
                    return self.fault(TemplateWhy::UnknownTest(name), test.span());
                }
                self.expression(&test.expr)?;
                self.arguments(&test.args, test.span())
            }
            Expr::GetAttr(part) => self.expression(&part.expr),
            Expr::GetItem(part) => {
                self.expression(&part.expr)?;
                self.expression(&part.subscript_expr)
            }
            Expr::List(list) => {
                // For `in`; with variables in it, a list in a list would grow.
                if list.items.iter().all(|item| matches!(item, Expr::Const(_))) {
                    return Ok(());
                }
                self.refuse(Unsupported::ListOfVariables, list.span())
            }
            Expr::Call(call) => self.refuse(Unsupported::Call, call.span()),
            Expr::Tuple(tuple) => self.refuse(Unsupported::Tuple, tuple.span()),
            Expr::Map(map) => self.refuse(Unsupported::Map, map.span()),
        }
    }
}

/// Whether an expression names a variable or a part of one, with filters behind it or not.
fn is_path(expression: &Expr<'_>) -> bool {
    match expression {
        Expr::Var(_) => true,
        Expr::GetAttr(part) => is_path(&part.expr),
        Expr::Slice(slice) => is_path(&slice.expr),
        Expr::Filter(filter) => filter.expr.as_ref().is_some_and(is_path),
        _ => false,
    }
}
