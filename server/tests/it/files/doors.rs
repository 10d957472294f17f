//! The description of what is taken: the schema of a document.

use serde_json::json;

use super::furnished;

/// The file that is shipped.
const SHIPPED: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../contrib/task.schema.json");

/// `UPDATE_GOLDEN=1` writes the file.
#[tokio::test]
async fn editors_read_the_schema_without_a_token_and_it_is_the_one_that_is_shipped() {
    let (app, _editor) = furnished().await;
    let schema = app.browser().get("/api/v1/schema/task.json").await;
    assert_eq!(schema.header("content-type"), "application/schema+json");
    let schema = schema.expect(200);
    let properties = schema["properties"].as_object().expect("fields");
    for field in [
        "name",
        "cron",
        "schedules",
        "channel",
        "execution",
        "tickets",
    ] {
        assert!(properties.contains_key(field), "{field}");
    }
    for not in ["channel_id", "robot", "robot_secret", "urging"] {
        assert!(!properties.contains_key(not), "{not}");
    }
    assert_eq!(schema["additionalProperties"], json!(false));
    let written = serde_json::to_string_pretty(&schema).expect("text") + "\n";
    for place in written.split("\"$ref\": \"").skip(1) {
        let name = place.strip_prefix("#/$defs/").expect("a type of its own");
        let name = name.split('"').next().expect("a name");
        assert!(schema["$defs"].get(name).is_some(), "{name}");
    }
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        std::fs::write(SHIPPED, &written).expect("the file");
    }
    let shipped = std::fs::read_to_string(SHIPPED).expect("the file");
    assert_eq!(shipped, written, "run the test with UPDATE_GOLDEN=1");
}
