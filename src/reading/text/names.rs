//! The names by which seller and recipient may be called in the text.

use crate::mail::Address;

/// Names in lower case, without spaces and hyphens.
#[derive(Debug, Clone, Default)]
pub(crate) struct Names {
    /// The seller's company.
    pub(crate) seller: Vec<String>,
    /// Recipients and their companies.
    pub(crate) customer: Vec<String>,
}

impl Names {
    /// The company that a domain names: `mail.get-norvane.co.uk` is `norvane`. Freemail domains name none.
    pub(crate) fn of_company(address: &Address) -> Vec<String> {
        if is_freemail(address.domain()) {
            return Vec::new();
        }
        let labels: Vec<&str> = address.domain().split('.').collect();
        let Some((_, labels)) = labels.split_last() else {
            return Vec::new();
        };
        const SECOND_LEVEL: [&str; 8] = ["co", "com", "org", "net", "ac", "gov", "edu", "or"];
        let labels = match labels.split_last() {
            Some((second, rest)) if SECOND_LEVEL.contains(second) && !rest.is_empty() => rest,
            _ => labels,
        };
        let Some(label) = labels
            .last()
            .map(|label| label.replace('-', ""))
            .filter(|label| label.len() >= 3)
        else {
            return Vec::new();
        };
        // Outreach is often sent from a second domain that only resembles the company's, and a domain may say what it does.
        const BEFORE: [&str; 10] = ["get", "try", "use", "join", "meet", "hello", "with", "go", "my", "the"];
        const AFTER: [&str; 42] = [
            "agency",
            "ai",
            "app",
            "cloud",
            "co",
            "company",
            "consulting",
            "de",
            "digital",
            "energy",
            "engineering",
            "eu",
            "global",
            "gmbh",
            "group",
            "health",
            "hq",
            "hr",
            "inc",
            "intl",
            "international",
            "io",
            "labs",
            "llc",
            "logistics",
            "ltd",
            "mail",
            "media",
            "now",
            "online",
            "partners",
            "pr",
            "services",
            "shop",
            "software",
            "solutions",
            "studio",
            "systems",
            "team",
            "tech",
            "uk",
            "works",
        ];
        let mut names = vec![label.clone()];
        names.extend(
            BEFORE
                .iter()
                .filter_map(|part| label.strip_prefix(part))
                .map(str::to_owned),
        );
        names.extend(
            AFTER
                .iter()
                .filter_map(|part| label.strip_suffix(part))
                .map(str::to_owned),
        );
        names.retain(|name| name.len() >= 3);
        names
    }

    /// Every part of a display name that can name somebody: in "Purchasing Manager" there is none.
    pub(crate) fn of_person(display: &str) -> Vec<String> {
        let words = display.split(|c: char| !c.is_alphanumeric() && c != '-');
        words
            .map(|word| word.replace('-', "").to_lowercase())
            .filter(|word| word.chars().count() >= 2 && !DESKS.contains(&word.as_str()))
            .collect()
    }
}

/// What a desk or an office is called by, and hardly any person.
const DESKS: [&str; 46] = [
    "account",
    "accounts",
    "admin",
    "administration",
    "assistant",
    "business",
    "buying",
    "care",
    "chief",
    "company",
    "contact",
    "customer",
    "department",
    "dept",
    "desk",
    "director",
    "enquiries",
    "executive",
    "finance",
    "founder",
    "general",
    "head",
    "hello",
    "hiring",
    "hr",
    "info",
    "it",
    "manager",
    "managers",
    "marketing",
    "office",
    "operations",
    "owner",
    "owners",
    "procurement",
    "purchase",
    "purchasing",
    "reception",
    "recruitment",
    "sales",
    "secretary",
    "service",
    "services",
    "support",
    "team",
    "vendor",
];

/// Domains where anyone may have a mailbox, so that the domain says nothing about the company.
pub fn is_freemail(domain: &str) -> bool {
    const FREEMAIL: [&str; 34] = [
        "gmail.com",
        "googlemail.com",
        "outlook.com",
        "hotmail.com",
        "hotmail.co.uk",
        "hotmail.fr",
        "live.com",
        "msn.com",
        "yahoo.com",
        "yahoo.co.uk",
        "yahoo.fr",
        "yahoo.de",
        "ymail.com",
        "icloud.com",
        "me.com",
        "mac.com",
        "aol.com",
        "proton.me",
        "protonmail.com",
        "pm.me",
        "gmx.de",
        "gmx.net",
        "gmx.com",
        "web.de",
        "t-online.de",
        "mail.com",
        "mail.ru",
        "yandex.ru",
        "yandex.com",
        "zoho.com",
        "fastmail.com",
        "hey.com",
        "orange.fr",
        "qq.com",
    ];
    FREEMAIL.contains(&domain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn domains_name_companies() {
        let names = |address: &str| Names::of_company(&Address::parse(address).unwrap());
        assert_eq!(names("ana@mail.norvane.co.uk"), ["norvane"]);
        assert_eq!(names("ana@getnorvane.example"), ["getnorvane", "norvane"]);
        assert_eq!(names("ana@norvane-solutions.example"), ["norvanesolutions", "norvane"]);
        assert_eq!(names("ana@gmail.com"), Vec::<String>::new());
        assert_eq!(names("ana@x.example"), Vec::<String>::new());
        assert_eq!(Names::of_person("Jo-Ann Müller"), ["joann", "müller"]);
        assert_eq!(Names::of_person("Purchasing Manager"), Vec::<String>::new());
        assert_eq!(Names::of_person("Sales, Norvane"), ["norvane"]);
    }
}
