//! The pictures that follow messages: each with a form to replace it, or to have the built-in one back. The forms post
//! to the page itself, also without JavaScript.

use leptos::prelude::*;

use crate::auth::Action;
use crate::message::Picture;
use crate::page::PicturesPage;
use crate::routes;
use crate::server_fns::fetch_pictures;
use crate::texts::messages::picture_name;
use crate::texts::pictures::PicturesUi;
use crate::ui::base::rooted;
use crate::ui::components::icon::{self, icon};
use crate::ui::components::time::Clock;
use crate::ui::context::{lang, may, ui};
use crate::ui::load;

/// The page.
pub(crate) fn page() -> AnyView {
    let data = load::ask(|| (), |()| fetch_pictures());
    load::page(data, content)
}

fn content(page: PicturesPage) -> AnyView {
    let words = PicturesUi::of(lang());
    let clock = Clock::new(page.clock.clone());
    let rows: Vec<AnyView> = page.pictures.iter().map(|one| row(one, &clock)).collect();
    view! {
        <leptos_meta::Title text=words.pictures/>
        <p class="crumbs">
            <a href=rooted(routes::ADMIN)>{ui().nav_admin}</a> {icon(icon::CHEVRON)}
            <a href=rooted(routes::CHANNELS)>{ui().channels}</a>
        </p>
        <div class="page-head"><h1>{words.pictures}</h1></div>
        {page.error.map(load::failure)}
        <p class="muted">{words.pictures_text}</p>
        <section class="card flush">
            <table class="rows pictures">
                <thead>
                    <tr>
                        <th scope="col">{ui().name}</th>
                        <th scope="col">{words.picture}</th>
                        <th scope="col">{words.size}</th>
                        <th scope="col"><span class="sr">{ui().actions}</span></th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </section>
    }
    .into_any()
}

fn row(picture: &Picture, clock: &Clock) -> AnyView {
    let words = PicturesUi::of(lang());
    let code = picture.name.as_str();
    let label = picture_name(picture.name, lang());
    let shown = (!picture.media_type.is_empty()).then(|| {
        // Answers of the API are not cached, so a picture that was replaced is asked for again.
        let source = format!("/api/v1/pictures/{code}");
        view! { <img src=rooted(source) alt=label width="160" loading="lazy"/> }
    });
    let size = match picture.media_type.as_str() {
        "" => words.no_picture.to_owned(),
        _ => format!("{} × {}", picture.width, picture.height),
    };
    let when = picture.updated_at.map(|at| clock.both(at));
    let own = if picture.own {
        words.own
    } else {
        words.built_in
    };
    view! {
        <tr>
            <th scope="row"><b>{label}</b> <span class="people"><code>{code}</code></span></th>
            <td data-label=words.picture>{shown}</td>
            <td data-label=words.size>{size} " " {own} " " {when}</td>
            <td class="row-actions">{may(Action::Administer).then(|| forms(picture, label))}</td>
        </tr>
    }
    .into_any()
}

fn forms(picture: &Picture, label: &'static str) -> AnyView {
    let words = PicturesUi::of(lang());
    let code = picture.name.as_str();
    let delete = picture.own.then(|| {
        view! {
            <button type="submit" class="button small danger" name="act" value="delete" formnovalidate>
                {icon(icon::TRASH)} {words.restore}
            </button>
        }
    });
    let described = format!("{}: {label}", words.file);
    view! {
        <form method="post" action=rooted(routes::PICTURES) enctype="multipart/form-data" class="controls">
            <input type="hidden" name="name" value=code/>
            <input type="hidden" name="version" value=picture.version/>
            <input type="file" name="file" accept="image/png,image/jpeg" aria-label=described/>
            <button type="submit" class="button small" name="act" value="set">{icon(icon::CHECK)} {words.replace}</button>
            {delete}
        </form>
    }
    .into_any()
}
