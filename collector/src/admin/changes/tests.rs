use super::{Change, check};
use serde_json::{Value, json};

#[track_caller]
fn verdict(change: Value) -> Result<(), String> {
    let mut change = change;
    change["selector"] = json!("#cta");
    let change: Change = serde_json::from_value(change).unwrap();
    check(&[change]).map_err(|fault| fault.to_string())
}

fn html(value: &str) -> Result<(), String> {
    verdict(json!({ "operation": "set_html", "value": value }))
}

fn attribute(name: &str, value: &str) -> Result<(), String> {
    verdict(json!({ "operation": "set_attribute", "name": name, "value": value }))
}

#[test]
fn what_words_a_page_anew_is_saved() {
    for value in [
        "",
        "Buy <b class=\"x\">now</b> &amp; save",
        "<a href=\"/sale?a=1&amp;b=2#on\">Sale</a>",
        "<a href=mailto:a@shop.example>on sale</a>",
        "<img src=\"data:image/png;base64,AAAA\" alt=\"onclick=\">",
        "<svg viewBox=\"0 0 1 1\"><title>Cart</title><path d=\"M0 0\"/></svg>",
        "<style>.x { color: red }</style><!-- kept -->",
        "<p>javascript: the good parts</p>",
        "<iframe src=\"https://video.example/embed/1\"></iframe>",
        "<p>1 < 2 and 3 &lt; 4</p>",
        "</b>",
    ] {
        assert_eq!(html(value), Ok(()), "{value}");
    }
    for (name, value) in [
        ("href", "/sale"),
        ("href", "https://shop.example/?q=javascript:"),
        ("data-on", "x"),
        ("aria-label", "On sale & more"),
        ("style", "color: red"),
        ("src", "data:image/svg+xml,x"),
        ("disabled", ""),
    ] {
        assert_eq!(attribute(name, value), Ok(()), "{name}={value}");
    }
    for (operation, value) in [
        ("set_text", "<script>"),
        ("add_class", "big bold"),
        ("remove_class", "big"),
        ("hide", ""),
        ("remove", ""),
        ("set_style", "color: red; background: url(/a.png)"),
        ("set_attribute", "href=/sale?a=b"),
    ] {
        assert_eq!(verdict(json!({ "operation": operation, "value": value })), Ok(()), "{value}");
    }
    let named = json!({ "operation": "set_style", "name": "--brand", "value": "red" });
    assert_eq!(verdict(named), Ok(()));
}

#[test]
fn html_that_a_browser_would_execute_is_refused() {
    for value in [
        "<script>alert(1)</script>",
        "<ScRiPt src=//x.example></ScRiPt>",
        "<svg><script>alert(1)</script></svg>",
        "<img src=x onerror=alert(1)>",
        "<img src=x OnErRoR=alert(1)>",
        "<img/src=\"x\"/onerror=alert(1)>",
        "<img src=\"x\"onerror=alert(1)>",
        "<img src=x\nonerror\n=\nalert(1)>",
        "<b onclick=\"&#97;lert(1)\">x</b>",
        "<a href=javascript:alert(1)>x</a>",
        "<a href=\" \u{1}JaVaScRiPt:alert(1)\">x</a>",
        "<a href=\"java\tscript:alert(1)\">x</a>",
        "<a href=\"java&#10;script:alert(1)\">x</a>",
        "<a href=\"&#x6A;avascript&colon;alert(1)\">x</a>",
        "<a href=\"&#0000106avascript:alert(1)\">x</a>",
        "<a href=\"java&Tab;script&NewLine;:alert(1)\">x</a>",
        "<a href=vbscript:x>x</a>",
        "<a href=\"data:text/html,<script>alert(1)</script>\">x</a>",
        "<form action=javascript:alert(1)><button>x</button></form>",
        "<button formaction=javascript:alert(1)>x</button>",
        "<svg><a xlink:href=javascript:alert(1)>x</a></svg>",
        "<svg><animate attributeName=href values=x;javascript:alert(1) /></svg>",
        "<svg><set attributeName=\" onclick \" to=alert(1) /></svg>",
        "<iframe src=javascript:alert(1)></iframe>",
        "<iframe srcdoc=\"&lt;script&gt;alert(1)&lt;/script&gt;\"></iframe>",
        "<object data=javascript:alert(1)></object>",
        "<embed src=data:text/html,x>",
        "<base href=//x.example>",
        "<meta http-equiv=refresh content=0>",
        "<p style=\"background:url(javascript:alert(1))\">x</p>",
        // Text here, tags there.
        "<style><!--</style><img src=x onerror=alert(1)>--></style>",
        "<style><a title=\"</style><img src=x onerror=alert(1)>\">",
        "<noscript><a title=\"</noscript><img src=x onerror=alert(1)>\">",
        "<noframes><a title=\"</noframes><img src=x onerror=alert(1)>\">",
        "<xmp><a title=\"</xmp><img src=x onerror=alert(1)>\">",
        "<textarea><a title=\"</textarea><img src=x onerror=alert(1)>\">",
        "<svg><![CDATA[><a title=\"]]><img src=x onerror=alert(1)>\">",
        "<!--><img src=x onerror=alert(1)>-->",
        "<!-- <img src=x onerror=alert(1)> -->",
        "<plaintext>x",
    ] {
        let refused = html(value);
        assert!(refused.is_err(), "saved: {value}");
        assert!(refused.unwrap_err().starts_with("changes[0].value: "), "{value}");
    }
}

#[test]
fn attributes_that_a_browser_would_execute_are_refused_with_their_place() {
    for (name, value, place) in [
        ("onclick", "alert(1)", "name"),
        ("ONCLICK", "", "name"),
        ("srcdoc", "x", "name"),
        ("", "onclick=alert(1)", "value"),
        ("", " onclick =alert(1)", "value"),
        ("", "/sale", "name"),
        ("a b", "x", "name"),
        ("a>", "x", "name"),
        ("href", "javascript:alert(1)", "value"),
        ("href", "\u{0}\n JAVA\r\nSCRIPT:alert(1)", "value"),
        ("href", "java&#115;cript:alert(1)", "value"),
        ("href", "javascript&colon;alert(1)", "value"),
        ("xlink:href", "javascript:alert(1)", "value"),
        ("action", "javascript:alert(1)", "value"),
        ("formaction", "javascript:alert(1)", "value"),
        ("data-href", "javascript:alert(1)", "value"),
        ("src", "data:text/html,x", "value"),
        ("style", "background: url('java\nscript:alert(1)')", "value"),
    ] {
        let refused = attribute(name, value);
        assert!(refused.is_err(), "saved: {name}={value}");
        let place = format!("changes[0].{place}: ");
        assert!(refused.as_ref().unwrap_err().starts_with(&place), "{name}={value}: {refused:?}");
    }
}

#[test]
fn what_could_not_be_carried_out_is_refused() {
    for change in [
        json!({ "operation": "add_class", "value": " " }),
        json!({ "operation": "remove_class" }),
        json!({ "operation": "set_style", "value": "" }),
        json!({ "operation": "set_style", "name": "co lor", "value": "red" }),
        json!({ "operation": "set_style", "name": "color", "value": "url(javascript:x)" }),
        json!({ "operation": "set_text", "value": "x".repeat(16 * 1024 + 1) }),
    ] {
        assert!(verdict(change.clone()).is_err(), "{change}");
    }
    let no_selector: Change =
        serde_json::from_value(json!({ "selector": " ", "operation": "hide" })).unwrap();
    let fault = check(std::slice::from_ref(&no_selector)).unwrap_err();
    assert_eq!(fault.path, "changes[0].selector");
    assert_eq!(check(&vec![no_selector; 101]).unwrap_err().path, "changes");
}
