//! Plots as SVG, made here: no script draws. Colours are classes of the style sheet, so that they follow the theme; what a
//! plot shows stands in a table beside it, too.

use crate::trends::{Share, Week};
use std::fmt::Write;

const WIDTH: f64 = 720.0;
const HEIGHT: f64 = 230.0;
/// Room for the numbers at the left and the days below.
const LEFT: f64 = 34.0;
const BELOW: f64 = 26.0;
const ABOVE: f64 = 10.0;

/// Weeks: how many mails went, as bars, and their median score, as a line. Weeks without mail break the line.
pub(in crate::web) fn weeks(weeks: &[Week]) -> String {
    let most = weeks
        .iter()
        .map(|week| week.mails + week.stopped)
        .max()
        .unwrap_or(0)
        .max(1);
    let step = (WIDTH - LEFT) / as_f64(weeks.len().max(1));
    let ground = HEIGHT - BELOW;
    let tall = ground - ABOVE;
    let mut svg =
        format!("<svg class=\"plot\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" role=\"img\" aria-labelledby=\"plotted\">");
    svg.push_str(
        "<title id=\"plotted\">Week by week: how many prospecting mails went, and the median of their scores</title>",
    );
    for score in [0, 50, 100] {
        let y = ground - tall * f64::from(score) / 100.0;
        let _ = write!(
            svg,
            "<line class=\"grid\" x1=\"{LEFT}\" x2=\"{WIDTH}\" y1=\"{y:.1}\" y2=\"{y:.1}\"/>\
             <text class=\"tick\" x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"end\">{score}</text>",
            LEFT - 6.0,
            y + 4.0
        );
    }
    let middle = |at: usize| LEFT + step * (as_f64(at) + 0.5);
    for (at, week) in weeks.iter().enumerate() {
        // Bars take half of the height, so that the line stays in sight.
        let sent = tall * 0.5 * as_f64(week.mails) / as_f64(most);
        let stopped = tall * 0.5 * as_f64(week.stopped) / as_f64(most);
        let (x, width) = (middle(at) - step * 0.3, step * 0.6);
        let _ = write!(
            svg,
            "<rect class=\"sent\" x=\"{x:.1}\" y=\"{:.1}\" width=\"{width:.1}\" height=\"{sent:.1}\"/>\
             <rect class=\"stopped\" x=\"{x:.1}\" y=\"{:.1}\" width=\"{width:.1}\" height=\"{stopped:.1}\"/>",
            ground - sent,
            ground - sent - stopped
        );
    }
    line(&mut svg, weeks, |at, score| {
        (middle(at), ground - tall * f64::from(score) / 100.0)
    });
    for at in [0, weeks.len().saturating_sub(1)] {
        let Some(week) = weeks.get(at) else { continue };
        let day = week.from.strftime("%-d %b %Y");
        let (x, anchor) = if at == 0 { (LEFT, "start") } else { (WIDTH, "end") };
        let _ = write!(
            svg,
            "<text class=\"tick\" x=\"{x}\" y=\"{:.1}\" text-anchor=\"{anchor}\">{day}</text>",
            HEIGHT - 6.0
        );
    }
    svg.push_str("</svg>");
    svg
}

fn line(svg: &mut String, weeks: &[Week], place: impl Fn(usize, i32) -> (f64, f64)) {
    let mut path = String::new();
    let mut dots = String::new();
    let mut drawing = false;
    for (at, week) in weeks.iter().enumerate() {
        let Some(score) = week.median else {
            drawing = false;
            continue;
        };
        let (x, y) = place(at, score);
        let verb = if drawing { 'L' } else { 'M' };
        let _ = write!(path, "{verb}{x:.1} {y:.1}");
        let _ = write!(dots, "<circle class=\"median\" cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"4\"/>");
        drawing = true;
    }
    let _ = write!(svg, "<path class=\"median\" d=\"{path}\"/>{dots}");
}

/// A share as a bar.
pub(in crate::web) fn bar(share: &Share) -> String {
    let length = share.value() * 100.0;
    format!(
        "<svg class=\"bar\" viewBox=\"0 0 100 8\" preserveAspectRatio=\"none\" aria-hidden=\"true\">\
         <rect class=\"track\" width=\"100\" height=\"8\"/><rect class=\"sent\" width=\"{length:.1}\" height=\"8\"/></svg>"
    )
}

/// A share with its range: a line from its lower to its upper end, and a dot. Nothing where there are too few.
pub(in crate::web) fn range(share: &Share) -> String {
    if share.is_too_few() {
        return String::new();
    }
    let (low, value, high) = (share.low * 100.0, share.value() * 100.0, share.high * 100.0);
    format!(
        "<svg class=\"bar\" viewBox=\"0 0 104 8\" aria-hidden=\"true\"><rect class=\"track\" x=\"2\" y=\"3\" width=\"100\" \
         height=\"2\"/><rect class=\"sent\" x=\"{:.1}\" y=\"2.5\" width=\"{:.1}\" height=\"3\"/>\
         <circle class=\"median\" cx=\"{:.1}\" cy=\"4\" r=\"2.4\"/></svg>",
        low + 2.0,
        high - low,
        value + 2.0
    )
}

fn as_f64(count: usize) -> f64 {
    f64::from(u32::try_from(count).unwrap_or(u32::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::contract::noon;

    fn week(at: i64, mails: usize, median: Option<i32>) -> Week {
        Week {
            from: noon(at * 7 * 24 * 60),
            mails,
            median,
            stopped: mails / 2,
        }
    }

    #[test]
    fn weeks_without_mail_break_the_line() {
        let svg = weeks(&[
            week(0, 4, Some(40)),
            week(1, 0, None),
            week(2, 2, Some(90)),
            week(3, 1, Some(100)),
        ]);
        let path = svg.split(" d=\"").nth(1).unwrap().split('"').next().unwrap();
        assert_eq!((path.matches('M').count(), path.matches('L').count()), (2, 1), "{path}");
        assert_eq!(svg.matches("<circle").count(), 3);
        assert_eq!(svg.matches("<rect").count(), 8);
        assert!(!svg.contains("style=") && !svg.contains("NaN") && svg.ends_with("</svg>"));
    }

    #[test]
    fn nothing_is_drawn_of_nothing() {
        let svg = weeks(&[]);
        assert!(!svg.contains("NaN") && !svg.contains("inf"), "{svg}");
        assert_eq!(range(&Share::of(1, 3)), "");
        assert!(range(&Share::of(10, 40)).contains("cx=\"27.0\""));
        assert!(bar(&Share::of(1, 4)).contains("width=\"25.0\""));
    }
}
