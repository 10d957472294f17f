//! Previews of schedules.

use app::auth::Role;
use app::backend::Tasks;
use app::page::PreviewRequest;
use app::schedule::ScheduleDraft;
use app::time::Stamp;

use super::by_days;
use crate::helpers::{TestApp, at};

#[tokio::test]
async fn a_preview_is_checked_as_a_task_is() {
    let app = TestApp::new().await;
    let viewer = app.person("v", Role::Viewer);
    let refused = async |request: PreviewRequest| {
        let refused = app.service.preview(&viewer, &request).await;
        let fault = refused.expect_err("refused").fields.remove(0);
        (fault.field, fault.code)
    };
    let of = |schedule: ScheduleDraft| PreviewRequest {
        schedules: vec![ScheduleDraft::plain("0 9 * * *"), schedule],
        ..PreviewRequest::default()
    };
    let many = PreviewRequest {
        schedules: vec![ScheduleDraft::plain("* * * * *"); 11],
        ..PreviewRequest::default()
    };
    let with_jitter = ScheduleDraft {
        jitter: "2d".to_owned(),
        ..ScheduleDraft::plain("0 9 * * *")
    };
    let unknown = ScheduleDraft {
        calendar: "no-such".to_owned(),
        ..by_days("0 9 * * *", "work_days")
    };
    let window = PreviewRequest {
        cron: "0 9 * * *".to_owned(),
        starts_at: "2026-12-02 09:00".to_owned(),
        ends_at: "2026-12-01 09:00".to_owned(),
        ..PreviewRequest::default()
    };
    for (request, field, code) in [
        (many, "schedules", "too_many"),
        (
            of(by_days("0 9 * * *", "sometimes")),
            "schedules[1].day_rule",
            "unknown",
        ),
        (
            of(by_days("every 1h", "next_work_day")),
            "schedules[1].day_rule",
            "not_here",
        ),
        (of(with_jitter), "schedules[1].jitter", "range"),
        (of(unknown), "schedules[1].calendar", "unknown"),
        (
            of(ScheduleDraft::plain("at 2026-13-01 09:00")),
            "schedules[1].spec",
            "invalid",
        ),
        (window, "ends_at", "before_start"),
    ] {
        let (found, shown) = refused(request).await;
        if field == "schedules[1].spec" {
            assert_eq!(found, field);
        } else {
            assert_eq!((found.as_str(), shown.as_str()), (field, code));
        }
    }
}

#[tokio::test]
async fn a_preview_looks_for_starts_beyond_what_it_lists() {
    let app = TestApp::new().await;
    // Most Mondays are working days: many are skipped before two days off are found.
    let request = PreviewRequest {
        schedules: vec![by_days("0 9 * * 1", "rest_days")],
        after: Some(Stamp(at("2010-01-01T00:00:00Z"))),
        count: Some(10),
        ..PreviewRequest::default()
    };
    let preview = app
        .service
        .preview(&app.console(), &request)
        .await
        .expect("a preview");
    assert_eq!(preview.next.len(), 10);
    let left_out = preview.firings.iter().filter(|one| one.excluded.is_some());
    assert_eq!(left_out.count(), 50);
}
