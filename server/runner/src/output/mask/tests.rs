use base64::engine::general_purpose::{STANDARD, URL_SAFE};
use proptest::prelude::*;

use super::*;
use crate::output::carry::TrailingBytes;

/// Masks a text that arrives in chunks.
fn masked(masker: Option<&Masker>, chunks: &[&[u8]]) -> Vec<u8> {
    let mut carry = TrailingBytes::default();
    let mut out = Vec::new();
    for chunk in chunks {
        out.extend_from_slice(&carry.take(masker, chunk));
    }
    out.extend_from_slice(&carry.end(masker));
    out
}

fn masker(values: &[&str]) -> Option<Masker> {
    let values: Vec<String> = values.iter().map(|value| (*value).to_owned()).collect();
    Masker::new(&values).expect("a masker")
}

fn cut<'a>(text: &'a [u8], cuts: &[usize]) -> Vec<&'a [u8]> {
    let mut places: Vec<usize> = cuts.iter().map(|cut| cut % (text.len() + 1)).collect();
    places.extend([0, text.len()]);
    places.sort_unstable();
    places
        .windows(2)
        .map(|pair| &text[pair[0]..pair[1]])
        .collect()
}

#[test]
fn every_spelling_is_found() {
    let secret = "pa ss/wörd+§?";
    let masker = masker(&[secret]);
    let encoded: String = url::form_urlencoded::byte_serialize(secret.as_bytes()).collect();
    let mut texts = vec![secret.to_owned(), encoded.clone(), encoded.to_lowercase()];
    for before in ["", "u", "us", "user:"] {
        for after in ["", "\n", "@h", ":x"] {
            let whole = format!("{before}{secret}{after}");
            texts.push(STANDARD.encode(&whole));
            texts.push(URL_SAFE.encode(&whole));
            texts.push(STANDARD_NO_PAD.encode(&whole));
        }
    }
    for text in texts {
        let line = format!("before {text} after");
        let seen = String::from_utf8(masked(masker.as_ref(), &[line.as_bytes()])).expect("text");
        assert!(
            seen.starts_with("before ") && seen.ends_with(" after") && seen.contains("***"),
            "{text}: {seen}"
        );
        // What remains beside the mask was there before, and is less than a byte at each end.
        assert!(
            seen.len() <= line.len().min("before  after".len() + 3 + 16),
            "{text}: {seen}"
        );
    }
}

#[test]
fn what_encoders_make_of_it_is_found() {
    let secret = "p@ss w\"or'd$1\\x%/<é😀>&\t+=`";
    let masker = masker(&[secret]);
    let json = serde_json::to_string(secret).expect("JSON");
    let spellings = [
        json.as_str(),
        // Python, PHP, Go, Gson, System.Text.Json.
        r#"p@ss w\"or'd$1\\x%/<\u00e9\ud83d\ude00>&\t+=`"#,
        r"\u0070\u0040\u0073\u0073\u0020\u0077\u0022\u006f\u0072\u0027\u0064\u0024\u0031\u005c\u0078\u0025\u002f\u003c\u00e9\ud83d\ude00\u003e\u0026\u0009\u002b\u003d\u0060",
        r#"p@ss w\"or'd$1\\x%\/<\u00e9\ud83d\ude00>&\t+=`"#,
        r#"p@ss w\"or'd$1\\x%/\u003cé😀\u003e\u0026\t+=`"#,
        r#"p@ss w\"or\u0027d$1\\x%/\u003cé😀\u003e\u0026\t+\u003d`"#,
        r#"p@ss w\u0022or\u0027d$1\\x%/\u003C\u00E9\uD83D\uDE00\u003E\u0026\t\u002B=\u0060"#,
        // A line of JSON within JSON.
        &serde_json::to_string(&json).expect("JSON"),
        "p@ss w&quot;or&#39;d$1\\x%/&lt;é😀&gt;&amp;\t+=`",
        "p@ss w&quot;or&#x27;d$1\\x%/&lt;é😀&gt;&amp;\t+=`",
        "p@ss w\"or'\\''d$1\\x%/<é😀>&\t+=`",
    ];
    for spelling in &spellings {
        let seen = String::from_utf8(masked(masker.as_ref(), &[spelling.as_bytes()]));
        let seen = seen.expect("text");
        assert!(
            !seen.contains("p@ss") && seen.contains("***"),
            "{spelling}: {seen}"
        );
    }
    for upper in [false, true] {
        let hex: String = secret
            .bytes()
            .map(|byte| {
                if upper {
                    format!("{byte:02X}")
                } else {
                    format!("{byte:02x}")
                }
            })
            .collect();
        assert_eq!(masked(masker.as_ref(), &[hex.as_bytes()]), b"***");
    }
}

#[test]
fn lines_and_long_values_are_found_too() {
    let key = "-----BEGIN KEY-----\nMIIEvQIBADANBgkqh\nshort\nkiG9w0BAQEFAASC\n-----END KEY-----\n";
    let long = "0123456789abcdef".repeat(300) + "the end";
    let masker = masker(&[key, &long]);
    let text = format!("x kiG9w0BAQEFAASC y {} z {long}.", key.trim());
    let seen = String::from_utf8(masked(masker.as_ref(), &[text.as_bytes()])).expect("text");
    assert!(!seen.contains("MIIE") && !seen.contains("kiG9"), "{seen}");
    assert!(
        !seen.contains("0123") && !seen.contains("the end"),
        "{seen}"
    );
    assert!(
        seen.starts_with("x *** y *** z ***") && seen.ends_with("***."),
        "{seen}"
    );
}

#[test]
fn only_what_may_begin_a_secret_is_held_back() {
    let masker = masker(&["secret"]);
    let mut carry = TrailingBytes::default();
    assert_eq!(
        &*carry.take(masker.as_ref(), b"Password: sec"),
        b"Password: "
    );
    assert_eq!(&*carry.take(masker.as_ref(), b"tor"), b"sector");
    assert_eq!(&*carry.take(masker.as_ref(), b" s"), b" ");
    assert_eq!(&*carry.end(masker.as_ref()), b"s");
    assert!(Masker::new(&[]).expect("none").is_none());
    assert!(Masker::new(&["abc".to_owned()]).expect("none").is_none());
}

proptest! {
    #[test]
    fn no_secret_is_kept_however_it_is_cut(
        secrets in prop::collection::vec("[ab01é ]{4,12}", 1..4),
        texts in prop::collection::vec("[ab01é \n]{0,6}", 1..8),
        order in prop::collection::vec((0_usize..4, 0_usize..4), 1..12),
        cuts in prop::collection::vec(any::<usize>(), 0..30),
    ) {
        let mut text = String::new();
        for (index, (secret, spelling)) in order.iter().enumerate() {
            text += &texts[index % texts.len()];
            let secret = &secrets[secret % secrets.len()];
            text += &match spelling {
                0 => STANDARD.encode(secret),
                1 => url::form_urlencoded::byte_serialize(secret.as_bytes()).collect(),
                _ => secret.clone(),
            };
        }
        let values: Vec<&str> = secrets.iter().map(String::as_str).collect();
        let masker = masker(&values);
        let seen = masked(masker.as_ref(), &cut(text.as_bytes(), &cuts));
        let shown = String::from_utf8(seen.clone()).expect("cut at characters");
        for secret in &secrets {
            prop_assert!(!shown.contains(secret.as_str()), "{secret:?} in {shown:?} of {text:?}");
        }
        // The result is the same whether the text is cut or not.
        prop_assert_eq!(seen, masked(masker.as_ref(), &[text.as_bytes()]));
    }

    #[test]
    fn what_is_no_secret_passes_as_it_is(
        text in prop::collection::vec(any::<u8>(), 0..400),
        cuts in prop::collection::vec(any::<usize>(), 0..30),
    ) {
        // Longer than the text, so it cannot occur in it.
        let secret = "é0".repeat(250);
        let masker = masker(&[&secret]);
        prop_assert_eq!(&masked(masker.as_ref(), &cut(&text, &cuts)), &text);
        prop_assert_eq!(&masked(None, &cut(&text, &cuts)), &text);
    }
}
