//! Whose standard it is: named standards, and a rep's own file on top.

use super::*;

#[test]
fn the_first_standard_that_names_an_account_counts() {
    let all = standards(
        "act_below = 40\napprovers = [\"mia\"]\nconsent = { valid_for_hours = 8 }\n\
         [[standard]]\nname = \"boss\"\naccounts = [\"eve@norvane.example\"]\nmode = \"observe\"\n\
         [[standard]]\nname = \"sales\"\naccounts_file = \"sales.txt\"\nact_below = 30\n\
         [standard.consent]\nby = \"approver\"\n\
         [[standard]]\nname = \"rest\"\naccounts = [\"@norvane.example\"]\nact = \"hold\"\n",
    );
    let of = |account: &str| all.for_account(account).standard.clone();
    assert_eq!(of("EVE@norvane.example").mode, Mode::Observe);
    assert_eq!(of("EVE@norvane.example").act_below, 40);
    let sales = of("bob@sales.norvane.example");
    assert_eq!(
        (sales.name.as_str(), sales.act_below, sales.consent.valid_for_hours),
        ("sales", 30, 8)
    );
    assert_eq!(sales.consent.by, Who::Approver);
    assert_eq!(of("ana@norvane.example").name, "sales");
    assert_eq!(of("zoe@norvane.example").act, Act::Hold);
    assert_eq!(of("zoe@elsewhere.example").name, "default");
    let (at, member) = all.choose("bob@sales.norvane.example");
    let origin = &member.unwrap().origin;
    assert_eq!(
        (at, origin.file.as_str(), origin.line, origin.column),
        (2, "sales.txt", 3, 3)
    );
    let setting = |account: &str, key: &str| {
        let settings = &all.for_account(account).settings;
        settings.iter().find(|setting| setting.key == key).cloned().unwrap()
    };
    assert_eq!(setting("ana@norvane.example", "act_below").origin.unwrap().line, 11);
    assert_eq!(
        setting("ana@norvane.example", "consent.valid_for_hours")
            .origin
            .unwrap()
            .line,
        3
    );
    assert_eq!(setting("ana@norvane.example", "annotate_below").origin, None);
    // "rest" takes two of the accounts that others take first.
    let warned: Vec<String> = all.warnings.iter().map(ToString::to_string).collect();
    assert_eq!(warned.len(), 1, "{warned:?}");
    assert!(warned[0].contains("accounts of *@norvane.example that eve@norvane.example takes too get \"boss\""));
}

#[test]
fn a_reps_file_goes_on_top_as_far_as_it_is_let() {
    let main = "act_below = 40\nlocked = [\"consent\", \"modes\", \"hold\"]\n[[standard]]\nname = \"x\"\naccounts = [\"x@y.example\"]\n\
                locked = [\"annotate_below\"]\nannotate_below = 60\n";
    let with = |rep: &str| {
        let rep = WrittenText { file: "rep", text: rep };
        Standards::parse(WrittenText { file: "s", text: main }, Some(rep), no_files)
    };
    let all = with("act_below = 45\nmode = \"coach\"").unwrap();
    for account in ["x@y.example", "else@where.example"] {
        let standard = &all.for_account(account).standard;
        assert_eq!((standard.act_below, standard.mode), (45, Mode::Coach));
    }
    let told = |rep: &str| -> Vec<String> {
        let faults = with(rep).err().unwrap_or_default();
        faults.iter().map(ToString::to_string).collect()
    };
    assert_eq!(
        told("[consent]\nreason_required = false"),
        [
            "rep:2:19: consent.reason_required: it is locked by s:2; expected the admin's value; ask there to unlock the key"
        ]
    );
    assert_eq!(told("annotate_below = 70").len(), 1);
    assert!(told("annotate_below = 70")[0].contains("it is locked by s:6"));
    assert!(told("[modes]\nhype = \"observe\"")[0].starts_with("rep:2:8: modes.hype: it is locked by s:2"));
    assert!(
        told("[hold.expires]\nnot-read = 1")[0].starts_with("rep:2:12: hold.expires.not-read: it is locked by s:2")
    );
    assert!(told("locked = []")[0].contains("only the admin's file may have it"));
    assert!(told("accounts = [\"*\"]")[0].contains("only a named standard has it"));
    // Nobody appoints themselves.
    assert!(told("approvers = [\"ana\"]")[0].starts_with("rep:1:13: approvers: only the admin's file may have it"));
    // Whoever moves a threshold below the other is at fault.
    let below = told("annotate_below = 30");
    assert!(
        below[0].starts_with("rep:1:18: annotate_below: 30 is below act_below"),
        "{below:?}"
    );
}
