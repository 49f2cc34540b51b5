use super::*;
use std::borrow::Cow;

fn header(octets: &[u8]) -> AttributeValue<'_> {
    AttributeValue::BodySection {
        section: Some(SectionPath::Full(MessageSection::Header)),
        index: None,
        data: Some(Cow::Borrowed(octets)),
    }
}

#[test]
fn only_what_lies_ahead_counts_and_each_once() {
    let found = vec![9, 3, 7, 3, 12];
    assert_eq!(Way::Newer(3).ahead(found.clone()), [7, 9, 12]);
    assert_eq!(Way::Older(9).ahead(found), [7, 3]);
    assert_eq!(Way::Newer(u32::MAX).ahead(vec![u32::MAX]), [] as [u32; 0]);
}

#[test]
fn fields_are_names() {
    assert_eq!(
        items(&["From", "Message-ID"]).unwrap(),
        "(UID INTERNALDATE BODY.PEEK[HEADER.FIELDS (From Message-ID)])"
    );
    let long = "x".repeat(77);
    for fields in [
        &[][..],
        &[""],
        &["From)] BODY[]"],
        &["From\r\n"],
        &["Größe"],
        &["a b"],
        &[&long],
        &["x"; 21],
    ] {
        assert!(items(fields).is_err(), "{fields:?}");
    }
}

#[test]
fn a_sheet_takes_only_what_was_asked_for_and_in_pieces() {
    let mut sheet = Sheet::new(&[5, 7]);
    assert_eq!(sheet.missing(), [5, 7]);
    let date = AttributeValue::InternalDate(Cow::Borrowed("05-Mar-2026 07:08:09 +0000"));
    sheet.take(&[AttributeValue::Uid(6), header(b"From: x\r\n\r\n")]);
    sheet.take(&[header(b"From: nobody\r\n\r\n")]);
    sheet.take(&[AttributeValue::Uid(7), AttributeValue::Flags(vec![])]);
    assert!(sheet.is_blank());
    sheet.take(&[AttributeValue::Uid(7), header(b"From: a\r\n\r\n")]);
    sheet.take(&[date, AttributeValue::Uid(7)]);
    sheet.take(&[
        AttributeValue::Uid(7),
        AttributeValue::InternalDate(Cow::Borrowed("soon")),
    ]);
    assert_eq!(sheet.missing(), [5]);
    let heads = sheet.heads();
    assert_eq!(
        heads,
        [Head {
            uid: 7,
            at: "2026-03-05T07:08:09Z".parse().ok(),
            header: b"From: a\r\n\r\n".to_vec(),
        }]
    );
}

#[test]
fn what_is_no_header_is_not_taken_for_one() {
    let mut sheet = Sheet::new(&[7]);
    sheet.take(&[
        AttributeValue::Uid(7),
        AttributeValue::BodySection {
            section: None,
            index: None,
            data: Some(Cow::Borrowed(b"whole")),
        },
    ]);
    assert!(sheet.is_blank());
    // Some servers say NIL where none of the fields is there.
    sheet.take(&[
        AttributeValue::Uid(7),
        AttributeValue::BodySection {
            section: Some(SectionPath::Full(MessageSection::Header)),
            index: None,
            data: None,
        },
    ]);
    assert_eq!(
        sheet.heads(),
        [Head {
            uid: 7,
            at: None,
            header: Vec::new()
        }]
    );
}
