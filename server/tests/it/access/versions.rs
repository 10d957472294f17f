//! Pages of another version.

use app::auth::Role;
use app::error::{AppError, ErrorKind};

use super::question_of;
use crate::helpers::TestApp;

#[tokio::test]
async fn a_page_of_another_version_gets_a_conflict() {
    let app = TestApp::new().await;
    let admin = app.signed_in("owner", Role::Admin).await;
    let mut asked = app::wire::write(&()).expect("a question");
    assert_eq!(
        question_of(&admin, "/fn/users_page", asked.clone())
            .await
            .status,
        200
    );
    // Within the mark.
    asked[5] ^= 1;
    let reply = question_of(&admin, "/fn/users_page", asked).await;
    let error: AppError = app::wire::read(&reply.body).expect("an error");
    assert_eq!(error.code, "outdated");
    // In the reader's language, and in no other one.
    assert_eq!(error.message, "服务器已更新，请重新加载页面");
    assert_eq!(reply.status, error.kind.status());
    assert_eq!(error.kind, ErrorKind::Conflict);
}
