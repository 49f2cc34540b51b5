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
    /// It is not seen.
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
        "div" | "tr" | "td" | "th" | "li" | "dt" | "dd" | "option" | "caption" | "figcaption" => Layout::Line,
        "p" | "h1" | "h2" | "h3" | "h4" | "h5" | "h6" | "ul" | "ol" | "dl" | "table" | "blockquote" | "pre" | "hr" => {
            Layout::Block
        }
        "address" | "article" | "aside" | "body" | "center" | "details" | "fieldset" | "figure" | "footer" | "form" => {
            Layout::Block
        }
        "header" | "main" | "nav" | "section" | "summary" | "title" => Layout::Block,
        _ => Layout::Inline,
    }
}

/// What becomes of the text in this element.
pub(super) fn effect(name: &str, element: &Element<'_, '_>, code: bool) -> Effect {
    match name {
        "br" | "hr" | "img" => return Effect::None,
        "script" | "style" | "title" | "template" | "svg" | "math" | "iframe" | "object" | "select" | "textarea" => {
            return Effect::Hide;
        }
        "code" | "kbd" | "samp" | "tt" if code => return Effect::Mask(MaskKind::Code),
        _ => {}
    }
    let (mut class, mut id, mut style, mut cite) = (None, None, None, false);
    for attribute in element.attributes() {
        match attribute.name().as_str() {
            "class" => class = Some(attribute.value()),
            "id" => id = Some(attribute.value()),
            "style" => style = Some(attribute.value()),
            "type" => cite = attribute.value().eq_ignore_ascii_case("cite"),
            "hidden" => return Effect::Hide,
            _ => {}
        }
    }
    let style = style.unwrap_or_default();
    if is_hidden(&style) {
        return Effect::Hide;
    }
    if let Some(effect) = id.as_deref().and_then(by_id) {
        return effect;
    }
    if let Some(kind) = class.as_deref().and_then(by_class) {
        return Effect::Mask(kind);
    }
    match name {
        // Indenting one's own text makes a blockquote without a border and without a source in some clients.
        "blockquote" if cite || !compact(&style).contains("border:none") => Effect::Mask(MaskKind::Quote),
        "pre" if code => Effect::Mask(MaskKind::Code),
        "pre" => Effect::Preformatted,
        _ => Effect::None,
    }
}

/// Ids that Outlook, Apple Mail and Yahoo give to what they add.
fn by_id(id: &str) -> Option<Effect> {
    // A mail that went through Outlook on the web has `x_` before every id.
    let id = id.trim_start_matches("x_");
    match id {
        "appendonsend" | "divRplyFwdMsg" | "mail-editor-reference-message-container" => Some(Effect::QuoteRest),
        "OLK_SRC_BODY_SECTION" => Some(Effect::Mask(MaskKind::Quote)),
        "Signature" | "AppleMailSignature" | "ms-outlook-mobile-signature" => Some(Effect::Mask(MaskKind::Signature)),
        "isForwardContent" => Some(Effect::Mask(MaskKind::Forward)),
        _ if id.starts_with("yahoo_quoted") => Some(Effect::Mask(MaskKind::Quote)),
        _ => None,
    }
}

/// Classes that Gmail, Thunderbird, Yahoo, Proton, Tuta and Zoho give to what they add.
fn by_class(class: &str) -> Option<MaskKind> {
    class
        .split_ascii_whitespace()
        .find_map(|class| match class.trim_start_matches("x_") {
            "gmail_quote" | "gmail_quote_container" | "gmail_attr" | "moz-cite-prefix" | "yahoo_quoted" => {
                Some(MaskKind::Quote)
            }
            "protonmail_quote" | "tutanota_quote" | "zmail_extra" | "OutlookMessageHeader" => Some(MaskKind::Quote),
            "moz-forward-container" => Some(MaskKind::Forward),
            "moz-signature" | "gmail_signature" | "gmail_signature_prefix" => Some(MaskKind::Signature),
            "protonmail_signature_block" => Some(MaskKind::Signature),
            _ => None,
        })
}

/// Whether a style hides what it is applied to.
fn is_hidden(style: &str) -> bool {
    if style.is_empty() {
        return false;
    }
    let style = compact(style);
    let zero = |property: &str| {
        style
            .split(';')
            .filter_map(|declaration| declaration.strip_prefix(property))
            .any(|value| {
                let number: String = value.chars().take_while(|c| c.is_ascii_digit() || *c == '.').collect();
                number.parse::<f32>().is_ok_and(|number| number == 0.0)
            })
    };
    style.contains("display:none")
        || style.contains("visibility:hidden")
        || zero("font-size:")
        || zero("opacity:")
        || (zero("max-height:") && style.contains("overflow:hidden"))
}

/// Lower case, without white space.
fn compact(style: &str) -> String {
    style
        .chars()
        .filter(|c| !c.is_whitespace())
        .map(|c| c.to_ascii_lowercase())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hiding_styles_are_known() {
        for style in [
            "display: none",
            "color:red; DISPLAY:none!important",
            "font-size:0px",
            "font-size: 0",
            "opacity:0;x:y",
            "visibility:hidden",
            "max-height:0px;overflow:hidden",
        ] {
            assert!(is_hidden(style), "{style}");
        }
        for style in [
            "",
            "font-size:0.9em",
            "opacity:0.5",
            "display:block",
            "max-height:0",
            "font-size:10px",
        ] {
            assert!(!is_hidden(style), "{style}");
        }
    }
}
