//! Choices made small, so that a pattern has fewer places.

use super::syntax::{Atom, Atoms, Node};

/// Makes a choice small: branches of one token become one token, branches that differ only in their first token share
/// the rest, and branches that begin alike share the beginning.
pub(super) fn merge_tokens(mut branches: Vec<Node>) -> Node {
    if branches.len() == 1 {
        return branches.remove(0);
    }
    // Most choices are between words.
    if let Some(atoms) = atoms_of(&branches) {
        return Node::Token(atoms.into());
    }
    let mut flat = Vec::new();
    for branch in branches {
        match branch {
            Node::Choice(inner) => flat.extend(inner.into_iter().map(items_of)),
            other => flat.push(items_of(other)),
        }
    }
    // By what follows the first token.
    let mut heads: Vec<(Vec<Node>, Head)> = Vec::new();
    let mut others: Vec<Vec<Node>> = Vec::new();
    for mut items in flat {
        if matches!(items.first(), Some(Node::Token(_))) {
            let Node::Token(atoms) = items.remove(0) else {
                continue;
            };
            match heads.iter_mut().find(|(rest, _)| *rest == items) {
                Some((_, known)) => {
                    // Atoms may be there twice: it is sets of symbols that count.
                    known.add(&atoms);
                }
                None => heads.push((items, Head::One(atoms))),
            }
        } else if !others.contains(&items) {
            others.push(items);
        }
    }
    // By the first token.
    let mut firsts: Vec<(Atoms, Vec<Vec<Node>>)> = Vec::new();
    for (rest, head) in heads {
        let atoms = head.atoms();
        match firsts.iter_mut().find(|(known, _)| *known == atoms) {
            Some((_, rests)) => rests.push(rest),
            None => firsts.push((atoms, vec![rest])),
        }
    }
    let merged = firsts.into_iter().map(|(atoms, mut rests)| {
        let token = Node::Token(atoms);
        let ends_here = rests.iter().any(Vec::is_empty);
        rests.retain(|rest| !rest.is_empty());
        if rests.is_empty() {
            return token;
        }
        let rest = merge_tokens(rests.into_iter().map(sequence_of).collect());
        Node::Sequence(vec![
            token,
            if ends_here {
                Node::Optional(Box::new(rest))
            } else {
                rest
            },
        ])
    });
    let mut nodes: Vec<Node> = merged.chain(others.into_iter().map(sequence_of)).collect();
    if nodes.len() == 1 {
        nodes.remove(0)
    } else {
        Node::Choice(nodes)
    }
}

/// The atoms of all branches, if each is one token.
fn atoms_of(branches: &[Node]) -> Option<Vec<Atom>> {
    if !branches.iter().all(|branch| matches!(branch, Node::Token(_))) {
        return None;
    }
    let mut all = Vec::with_capacity(branches.len() * 4);
    for branch in branches {
        if let Node::Token(atoms) = branch {
            all.extend_from_slice(atoms);
        }
    }
    Some(all)
}

/// First tokens of branches that go on alike.
enum Head {
    /// Of one branch, shared with it.
    One(Atoms),
    /// Of several.
    Many(Vec<Atom>),
}

impl Head {
    fn add(&mut self, atoms: &[Atom]) {
        match self {
            Head::One(one) => *self = Head::Many([one, atoms].concat()),
            Head::Many(many) => many.extend_from_slice(atoms),
        }
    }

    fn atoms(self) -> Atoms {
        match self {
            Head::One(one) => one,
            Head::Many(many) => many.into(),
        }
    }
}

fn items_of(node: Node) -> Vec<Node> {
    match node {
        Node::Sequence(items) => items,
        other => vec![other],
    }
}

fn sequence_of(mut items: Vec<Node>) -> Node {
    if items.len() == 1 {
        items.remove(0)
    } else {
        Node::Sequence(items)
    }
}
