use super::*;
use proptest::prelude::*;

fn shown(html: &str) -> String {
    let visible = visible(html, true).unwrap();
    let words: Vec<_> = visible
        .text
        .lines()
        .map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "))
        .collect();
    words
        .into_iter()
        .filter(|line| !line.is_empty())
        .collect::<Vec<_>>()
        .join("|")
}

#[test]
fn only_what_is_seen_is_read() {
    let html = "<html><head><title>t</title><style>p{}</style></head><body><!-- c --><script>x</script>\n\
        <p>One &amp;\n two&nbsp;<b>bo</b>ld<p>Three<br>four</p><div>fi<span style='font-size:0'>no</span>ve</div><ul><li>six<li>seven</ul>\
        <div style=\"display:none\">no</div><span hidden>no</span><p style='font-size:0'>no<div>eight</div></body>";
    assert_eq!(shown(html), "One & two bold|Three|four|five|- six|- seven|eight");
}

#[test]
fn markup_of_clients_is_masked() {
    for (html, expected) in [
        // A quoted line stands for what is quoted.
        (
            "a<div class=\"gmail_quote\">On x<blockquote>q</blockquote>mine</div>b",
            "a|On x|>|mine|b",
        ),
        (
            "a<div class=\"gmail_quote\"><div class=gmail_attr>On x</div>q</div>b",
            "a|>|b",
        ),
        (
            "a<div class='moz-cite-prefix'>On</div><blockquote type=cite>q<blockquote>r</blockquote></blockquote>b",
            "a|>|>|b",
        ),
        (
            "a<div id=\"appendonsend\"></div><hr><div id=\"divRplyFwdMsg\">From: x</div><div>q</div>",
            "a|>",
        ),
        ("a<div class=OutlookMessageHeader><hr><b>From:</b> x</div>q", "a|>"),
        (
            "a<div style='border:none;border-top:solid #E1E1E1 1.0pt'><p><b>Felad\u{f3}:</b> x<br><b>K\u{fc}ldve:</b> y<br><b>T\u{e1}rgy:</b> z</p></div>q",
            "a|>",
        ),
        ("a<div style='border-top:solid #E1E1E1 1.0pt'>own</div>b", "a|own|b"),
        ("a<br><div id=x_Signature>Tom</div>", "a"),
        ("a<p id=Signature>Tom<p>b", "a|b"),
        ("a<div name=messageSignatureSection>Tom</div>b", "a|b"),
        ("use <code>x</code> now<pre>y</pre>", "use now"),
        (
            "a<blockquote style=\"margin:0 0 0 40px;border:none;padding:0px\">own</blockquote>",
            "a|own",
        ),
        (
            "<!--[if mso]><p>no</p><![endif]--><![if !mso]><p>a</p><![endif]><img alt=\"no\" src=x>b",
            "a|b",
        ),
        (
            "<table><tr><th>Gate<th>Wait<tr><td>one<td>two</table>",
            "Gate|Wait|one|two",
        ),
        (
            "lo<div style=\"mso-hide:all\">no</div>ve<table hidden><tr><td>no</table>",
            "love",
        ),
        ("<ul><li>&bull;one<li><p>two</p></ul>end", "- \u{2022}one|- two|end"),
    ] {
        assert_eq!(shown(html), expected, "{html}");
    }
}

#[test]
fn forwards_are_told_from_quotes() {
    let html =
        "a<div class=\"gmail_quote\"><div class=\"gmail_attr\">---------- Forwarded message ---------<br></div>x</div>";
    let visible = visible(html, true).unwrap();
    assert_eq!(visible.masks, vec![(1..html.len(), MaskKind::Forward)]);
}

#[test]
fn nested_and_unclosed_elements_end_quickly() {
    for html in [
        "<div>".repeat(20_000),
        "<b>".repeat(50_000) + &"</i>".repeat(50_000),
        "&".repeat(50_000),
        "<".repeat(50_000),
    ] {
        let _ = visible(&html, true);
    }
}

proptest! {
    #[test]
    fn any_source_is_read(html in "(<(p|div|b|br|pre|/p|/div|/b|!--|script|/script|blockquote|a href=\"x\">)>?|&(amp|#65|nbsp);?|[a-zé漢 \n]){0,40}") {
        if let Ok(visible) = visible(&html, true) {
            prop_assert_eq!(visible.offsets.len(), visible.text.len() + 1);
            prop_assert!(visible.offsets.iter().is_sorted());
            prop_assert!(visible.offsets.iter().all(|offset| offset <= html.len()));
            for pair in visible.masks.windows(2) {
                prop_assert!(pair[0].0.end <= pair[1].0.start);
            }
        }
    }
}
