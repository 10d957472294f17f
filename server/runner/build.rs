//! Compiles the exec helper (`exec/`), which the server carries inside itself.
//!
//! It is a program of its own, and the product is one binary: so it is neither a binary of this
//! package, which would be installed beside it, nor a dependency.

use std::path::{Path, PathBuf};
use std::process::Command;

/// Links the helper, where the linker of the server cannot link a static program.
const LINKER: &str = "JCRONTAB_EXEC_LINKER";

fn main() {
    println!("cargo::rerun-if-changed=exec");
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-env-changed={LINKER}");
    let output = PathBuf::from(variable("OUT_DIR")).join("jcrontab-exec");
    // Static, it starts in a fourth of the time: no loader, no libraries. Not every machine has
    // what that needs.
    if let Err(fault) = compile(&output, true) {
        println!(
            "cargo::warning=the exec helper is linked dynamically: {}",
            last_line(&fault)
        );
        if let Err(fault) = compile(&output, false) {
            panic!("the exec helper does not compile:\n{fault}");
        }
    }
}

fn compile(output: &Path, is_static: bool) -> Result<(), String> {
    let mut rustc = Command::new(variable("RUSTC"));
    rustc
        .args([
            "--crate-name",
            "jcrontab_exec",
            "--crate-type",
            "bin",
            "--edition",
            "2024",
        ])
        .args(["--target", &variable("TARGET")])
        .args([
            "-C",
            "opt-level=s",
            "-C",
            "panic=abort",
            "-C",
            "strip=symbols",
        ])
        .args(["-C", "lto", "-C", "codegen-units=1"])
        .args(["-D", "warnings"])
        .arg("-o")
        .arg(output)
        .arg("exec/main.rs");
    if is_static {
        rustc.args([
            "-C",
            "target-feature=+crt-static",
            "-C",
            "relocation-model=static",
        ]);
    }
    if let Ok(linker) = std::env::var(LINKER).or_else(|_| std::env::var("RUSTC_LINKER")) {
        rustc.arg("-C").arg(format!("linker={linker}"));
    }
    let done = rustc.output().map_err(|error| error.to_string())?;
    if done.status.success() {
        Ok(())
    } else {
        Err(String::from_utf8_lossy(&done.stderr).into_owned())
    }
}

fn last_line(text: &str) -> &str {
    text.lines()
        .rev()
        .find(|line| !line.trim().is_empty())
        .unwrap_or_default()
}

fn variable(name: &str) -> String {
    std::env::var(name).unwrap_or_else(|_| panic!("cargo sets {name}"))
}
