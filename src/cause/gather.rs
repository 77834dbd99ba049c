//! The survey is gathered: every difference is read once.

use super::{Member, Survey, date, embedded_timestamp, lone, passage, path, places::Places};
use crate::model::{Change, Difference, Role, Value};
use std::collections::BTreeMap;

impl Survey {
    /// Reads every difference once.
    pub fn of(differences: &[&Difference], members: Vec<Member>) -> Self {
        let known = members
            .iter()
            .map(|member| (member.address.as_str(), member.kind, &member.rights[..]));
        let mut roots: BTreeMap<path::Roots, usize> = BTreeMap::new();
        let mut by_name: BTreeMap<Vec<u8>, Vec<usize>> = BTreeMap::new();
        for (i, member) in members.iter().enumerate() {
            let name = member.address.rsplit('/').next().unwrap_or_default();
            by_name.entry(name.as_bytes().to_vec()).or_default().push(i);
        }
        let mut called: BTreeMap<Vec<u8>, Vec<(Vec<u8>, usize)>> = BTreeMap::new();
        for (i, member) in members.iter().enumerate() {
            for (a, b) in &member.known {
                called.entry(a.clone()).or_default().push((b.clone(), i));
            }
        }
        let mut survey = Self {
            known: called,
            by_address: members
                .iter()
                .enumerate()
                .map(|(i, member)| (member.address.clone(), i))
                .collect(),
            places: Places::of(differences, known),
            members,
            by_name,
            ..Self::default()
        };
        survey.hunks(differences);
        survey.lone(differences);
        for difference in differences.iter().filter(|d| d.both()) {
            let macro_date = |d: &date::Date| d.form == date::Form::MonthDayYear && d.span.len() == 11;
            if difference.role == Role::String
                && !survey.dated.contains(difference.place())
                && date::dates(&difference.a.unit).iter().any(macro_date)
            {
                survey.dated.insert(difference.place().to_owned());
            }
            survey.debug |= difference.address.contains(".debug_");
            match difference.role {
                Role::Text | Role::String | Role::Reference | Role::Version => {
                    for pair in path::roots(difference, &survey) {
                        *roots.entry(pair).or_default() += 1;
                    }
                }
                Role::Timestamp => {
                    if let (Value::Time { seconds: x, local: p }, Value::Time { seconds: y, local: q }) =
                        (&difference.a.value, &difference.b.value)
                    {
                        survey.times.push((*x, *y));
                        survey.local_shifts.extend((*p && *q).then_some(y - x));
                    }
                }
                Role::Identifier => survey
                    .identifiers
                    .push((hex(&difference.a.unit), hex(&difference.b.unit))),
                _ => {}
            }
        }
        survey.local_shifts.sort_unstable();
        survey.local_shifts.dedup();
        let stated = embedded_timestamp::stated(differences, &survey);
        survey.times.extend(stated);
        survey.times.sort_unstable();
        survey.times.dedup();
        survey.roots = roots.into_iter().collect();
        survey.roots.sort_by(|x, y| y.1.cmp(&x.1).then_with(|| x.0.cmp(&y.0)));
        survey
    }

    /// Tells each program which of its strings stand on one side only.
    fn lone(&mut self, differences: &[&Difference]) {
        let mut pieces: BTreeMap<usize, Vec<&Difference>> = BTreeMap::new();
        for difference in differences.iter().filter(|d| lone::holds(d)) {
            if let Some(&i) = self.by_address.get(difference.place()) {
                pieces.entry(i).or_default().push(difference);
            }
        }
        for (i, pieces) in pieces {
            let member = &mut self.members[i];
            member.lone = lone::pairs([&member.a, &member.b], &pieces);
        }
    }

    /// Tells each text which of its lines differ.
    fn hunks(&mut self, differences: &[&Difference]) {
        let mut lines: BTreeMap<usize, Vec<Change>> = BTreeMap::new();
        for difference in differences.iter().filter(|d| passage::lines(d)) {
            let line = Change {
                a: difference.a.span,
                b: difference.b.span,
            };
            if let Some(&i) = self.by_address.get(difference.place()) {
                lines.entry(i).or_default().push(line);
            }
        }
        for (i, lines) in lines {
            self.members[i].hunks = passage::hunks(lines);
        }
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
