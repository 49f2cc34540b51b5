//! A verdict in words, beside the mail and never in it.
//!
//! In: a reading, a verdict, the mail's prose. Out: the lines of an SMTP reply, the compiler-like terminal text, JSON,
//! SARIF, an HTML page, and the annotated copy that the author gets.
//!
//! Must never: produce anything that could reach a recipient, alter the mail, put mail text into a reply unescaped.
