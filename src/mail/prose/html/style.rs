//! Inline styles: what hides text, and what Outlook draws above a quoted mail.

/// A style in lower case, without white space.
pub(super) struct Style(String);

impl Style {
    pub(super) fn of(style: &str) -> Style {
        let kept = style.chars().filter(|c| !c.is_whitespace());
        Style(kept.map(|c| c.to_ascii_lowercase()).collect())
    }

    /// Whether something like `border:none` is said.
    pub(super) fn has(&self, declaration: &str) -> bool {
        self.0.contains(declaration)
    }

    /// The thin grey or blue line above a header block.
    pub(super) fn is_header_of_outlook(&self) -> bool {
        self.has("border-top:solid#e1e1e1")
            || self.has("border-top:solid#b5c4df")
            || self.has("border-top:1ptsolid#e1e1e1")
            || self.has("border-top:solidrgb(225,225,225)")
            || self.has("border-top:1ptsolidrgb(225,225,225)")
    }

    /// Whether the reader sees nothing of the text: it is not displayed, has no size, or the colour of its ground. The
    /// colours may come from attributes.
    pub(super) fn hides(&self, color: Option<&str>, background: Option<&str>) -> bool {
        if self.0.is_empty() && (color.is_none() || background.is_none()) {
            return false;
        }
        self.has("display:none")
            || self.has("visibility:hidden")
            || self.has("mso-hide:all")
            || self.is_tiny("font-size")
            || self.is_zero("opacity")
            || ((self.is_zero("max-height")
                || self.is_zero("height")
                || self.is_zero("max-width")
                || self.is_zero("width"))
                && self.has("overflow:hidden"))
            || self.is_invisible(color, background)
    }

    /// The last value of a property.
    fn value(&self, property: &str) -> Option<&str> {
        let declarations = self.0.rsplit(';').filter_map(|declaration| declaration.split_once(':'));
        let mut values = declarations
            .filter(|(name, _)| *name == property)
            .map(|(_, value)| value);
        values.next().map(|value| value.trim_end_matches("!important"))
    }

    fn is_zero(&self, property: &str) -> bool {
        self.value(property)
            .and_then(measure)
            .is_some_and(|(number, _)| number == 0.0)
    }

    /// No size, or one of a pixel.
    fn is_tiny(&self, property: &str) -> bool {
        let measured = self.value(property).and_then(measure);
        measured.is_some_and(|(number, unit)| number == 0.0 || (number <= 1.0 && matches!(unit, "px" | "pt" | "")))
    }

    fn is_invisible(&self, color: Option<&str>, background: Option<&str>) -> bool {
        let color = self.value("color").or(color).map(rgb);
        let ground = self
            .value("background-color")
            .or_else(|| self.value("background"))
            .or(background)
            .map(rgb);
        match (color, ground) {
            (Some(color), _) if color == "transparent" => true,
            (Some(color), Some(ground)) => color == ground,
            _ => false,
        }
    }
}

/// A number and its unit.
fn measure(value: &str) -> Option<(f32, &str)> {
    let digits = value
        .bytes()
        .take_while(|byte| byte.is_ascii_digit() || *byte == b'.')
        .count();
    let (number, unit) = value.split_at_checked(digits)?;
    Some((number.parse().ok()?, unit))
}

/// A colour as `#rrggbb`, where it is given in a usual way.
fn rgb(color: &str) -> String {
    let color: String = color
        .chars()
        .filter(|c| !c.is_whitespace())
        .map(|c| c.to_ascii_lowercase())
        .collect();
    let hex = color.strip_prefix('#').unwrap_or(&color);
    if hex.len() == 3 && hex.bytes().all(|octet| octet.is_ascii_hexdigit()) {
        return hex.chars().fold("#".to_owned(), |mut long, digit| {
            long.extend([digit, digit]);
            long
        });
    }
    if let Some(numbers) = color.strip_prefix("rgb(").and_then(|rest| rest.strip_suffix(')')) {
        let octets: Option<Vec<u8>> = numbers.split(',').map(|number| number.parse().ok()).collect();
        if let Some([red, green, blue]) = octets.as_deref() {
            return format!("#{red:02x}{green:02x}{blue:02x}");
        }
    }
    match color.as_str() {
        "white" => "#ffffff".to_owned(),
        "black" => "#000000".to_owned(),
        "rgba(0,0,0,0)" => "transparent".to_owned(),
        _ => color,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hides(style: &str) -> bool {
        Style::of(style).hides(None, None)
    }

    #[test]
    fn hiding_styles_are_known() {
        for style in [
            "display: none",
            "color:red; DISPLAY:none!important",
            "font-size:0px",
            "font-size: 0",
            "font-size:1px",
            "opacity:0;x:y",
            "visibility:hidden",
            "max-height:0px;overflow:hidden",
            "mso-hide:all",
            "color:#fff;background:#FFFFFF",
            "color: white; background-color: rgb(255, 255, 255)",
            "color:transparent",
        ] {
            assert!(hides(style), "{style}");
        }
        for style in [
            "",
            "font-size:0.9em",
            "font-size:1em",
            "opacity:0.5",
            "display:block",
            "max-height:0",
            "font-size:10px",
            "color:#fff;background:#000",
            "color:white",
            "line-height:0;height:auto",
        ] {
            assert!(!hides(style), "{style}");
        }
        assert!(Style::of("").hides(Some("#FFF"), Some("white")));
        assert!(!Style::of("").hides(Some("#FFF"), None));
    }

    #[test]
    fn outlook_draws_a_line() {
        assert!(
            Style::of("border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0in 0in 0in").is_header_of_outlook()
        );
        assert!(!Style::of("border-top:solid #000000 1.0pt").is_header_of_outlook());
    }
}
