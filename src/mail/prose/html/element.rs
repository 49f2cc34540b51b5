//! What single HTML elements mean for the text: where lines end, what is hidden, what clients mark as not own text.

use super::MaskKind;
use lol_html::html_content::Element;

/// How an element parts the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Layout {
    /// Not at all.
    Inline,
    /// A line ends, empty or not.
    Break,
    /// A line ends, if something is on it.
    Line,
    /// An item of a list begins.
    Item,
    /// A paragraph ends.
    Block,
}

/// What becomes of the text in an element.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Effect {
    /// It is read.
    None,
    /// It is read, and its line ends are kept.
    Preformatted,
    /// It is no text.
    Hide,
    /// It is not own text.
    Mask(MaskKind),
    /// Neither it nor anything after it is own text.
    QuoteRest,
}

/// How an element of this name parts the text.
pub(super) fn layout(name: &str) -> Layout {
    match name {
        "br" => Layout::Break,
        "li" => Layout::Item,
        "div" | "tr" | "option" => Layout::Line,
        "p" | "h1" | "h2" | "h3" | "h4" | "h5" | "h6" | "ul" | "ol" | "dl" | "table" | "blockquote" | "pre" | "hr" => {
            Layout::Block
        }
        "address" | "article" | "aside" | "body" | "center" | "details" | "fieldset" | "figure" | "footer" | "form" => {
            Layout::Block
        }
        "header" | "main" | "nav" | "section" | "summary" | "title" => Layout::Block,
        // What stands in two cells is never one sentence.
        "td" | "th" | "dt" | "dd" | "caption" | "figcaption" => Layout::Block,
        _ => Layout::Inline,
    }
}

/// What becomes of the text in this element. `ahead` gives the source from the element on.
pub(super) fn effect<'h>(
    name: &str,
    element: &Element<'_, '_>,
    code: bool,
    ahead: impl Fn(usize) -> &'h str,
) -> Effect {
    match name {
        "br" | "img" => return Effect::None,
        "script" | "style" | "title" | "template" | "svg" | "math" | "iframe" | "object" | "select" | "textarea"
        | "xml" => {
            return Effect::Hide;
        }
        "code" | "kbd" | "samp" | "tt" if code => return Effect::Mask(MaskKind::Code),
        _ => {}
    }
    let (mut class, mut id, mut style, mut cite) = (None, None, None, false);
    let (mut color, mut background) = (None, None);
    for attribute in element.attributes() {
        match attribute.name().as_str() {
            "class" => class = Some(attribute.value()),
            "id" => id = Some(attribute.value()),
            "style" => style = Some(attribute.value()),
            "type" => cite = attribute.value().eq_ignore_ascii_case("cite"),
            "color" => color = Some(attribute.value()),
            "bgcolor" => background = Some(attribute.value()),
            "hidden" => return Effect::Mask(MaskKind::Hidden),
            "name" | "data-marker" => {
                if let Some(kind) = by_name(&attribute.value()) {
                    return Effect::Mask(kind);
                }
            }
            _ => {}
        }
    }
    let style = super::style::Style::of(style.as_deref().unwrap_or_default());
    if style.hides(color.as_deref(), background.as_deref()) {
        return Effect::Mask(MaskKind::Hidden);
    }
    if let Some(effect) = id.as_deref().and_then(by_id) {
        return effect;
    }
    match class.as_deref().and_then(by_class) {
        // Inline answers stand between the blockquotes of such a container.
        Some(Effect::Mask(MaskKind::Quote)) if holds_blockquotes(name, class.as_deref(), &ahead) => {
            return Effect::None;
        }
        Some(effect) => return effect,
        None => {}
    }
    match name {
        "hr" => Effect::None,
        // Indenting one's own text makes a blockquote without a border and without a source in some clients.
        "blockquote" if cite || !style.has("border:none") => Effect::Mask(MaskKind::Quote),
        "pre" if code => Effect::Mask(MaskKind::Code),
        "pre" => Effect::Preformatted,
        "div" if style.is_header_of_outlook() && heads_mail(ahead(HEADER)) => Effect::QuoteRest,
        _ => Effect::None,
    }
}

/// Octets of a header block that are looked at.
const HEADER: usize = 1_500;

/// Octets of a quoting container that are looked at.
const CONTAINER: usize = 8_000;

/// Gmail and Proton put introduction, blockquotes and inline answers into one container. Forwarded mail has no
/// blockquote of its own, so what is below its header may be anything.
fn holds_blockquotes<'h>(name: &str, class: Option<&str>, ahead: &impl Fn(usize) -> &'h str) -> bool {
    let container = class.is_some_and(|class| class.contains("gmail_quote") || class.contains("protonmail_quote"));
    if !container || name == "blockquote" {
        return false;
    }
    let ahead = ahead(CONTAINER);
    ahead.contains("<blockquote") && !super::text::is_forward(ahead)
}

/// Whether labels in bold follow, as Outlook writes them in any language.
fn heads_mail(ahead: &str) -> bool {
    let bold = ahead.matches("<b>").count() + ahead.matches("<strong>").count() + ahead.matches("<b ").count();
    bold >= 2 && ahead.matches(':').count() >= 3
}

/// Ids that Outlook, Apple Mail, Hotmail, Yahoo, Roundcube and Samsung give to what they add.
fn by_id(id: &str) -> Option<Effect> {
    // A mail that went through Outlook on the web has `x_` before every id.
    let id = id.trim_start_matches("x_");
    match id {
        "appendonsend" | "divRplyFwdMsg" | "mail-editor-reference-message-container" | "stopSpelling" => {
            Some(Effect::QuoteRest)
        }
        "OLK_SRC_BODY_SECTION" | "reply-intro" => Some(Effect::Mask(MaskKind::Quote)),
        "AppleMailSignature"
        | "ms-outlook-mobile-signature"
        | "composer_signature"
        | "_rc_sig"
        | "divtagdefaultsignature" => Some(Effect::Mask(MaskKind::Signature)),
        "isForwardContent" | "forward-container" | "forwardbody1" => Some(Effect::Mask(MaskKind::Forward)),
        _ if id.contains("yahoo_quoted") => Some(Effect::Mask(MaskKind::Quote)),
        _ if id.eq_ignore_ascii_case("signature") || id.starts_with("Signature_") || id.starts_with("bloop_sign") => {
            Some(Effect::Mask(MaskKind::Signature))
        }
        _ => None,
    }
}

/// Classes that Gmail, Thunderbird, Yahoo, Proton, Tuta, Zoho and others give to what they add.
fn by_class(class: &str) -> Option<Effect> {
    class.split_ascii_whitespace().find_map(|class| {
        let class = class.trim_start_matches("x_").trim_start_matches("aolmail_");
        let kind = match class {
            // The quoted mail stands after this one, not in it.
            "OutlookMessageHeader" | "ms-outlook-mobile-reference-message" => return Some(Effect::QuoteRest),
            "gmail_quote" | "gmail_quote_container" | "gmail_attr" | "moz-cite-prefix" => MaskKind::Quote,
            "protonmail_quote" | "tutanota_quote" | "zmail_extra" | "reply-intro" | "front-blockquote" => {
                MaskKind::Quote
            }
            "moz-forward-container" | "moz-email-headers-table" => MaskKind::Forward,
            "moz-signature" | "gmail_signature" | "gmail_signature_prefix" | "protonmail_signature_block" => {
                MaskKind::Signature
            }
            "sh-signature" | "hs-signature" | "email-signature" | "mail-signature" | "wisestamp_app" => {
                MaskKind::Signature
            }
            _ if class.ends_with("yahoo_quoted") => MaskKind::Quote,
            _ if class.ends_with("yahoo-signature") || class.ends_with("ymail_android_signature") => {
                MaskKind::Signature
            }
            _ if class.eq_ignore_ascii_case("signature") || class.starts_with("bloop_sign") => MaskKind::Signature,
            _ => return None,
        };
        Some(Effect::Mask(kind))
    })
}

/// Names and marks that Spark, GMX and Zimbra give to what they add.
fn by_name(name: &str) -> Option<MaskKind> {
    match name {
        "messageReplySection" | "quote" | "__QUOTED_TEXT__" | "__HEADERS__" => Some(MaskKind::Quote),
        "messageSignatureSection" | "__SIG_PRE__" | "__SIG_POST__" => Some(MaskKind::Signature),
        _ => None,
    }
}
