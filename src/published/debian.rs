//! Debian's packages, of their source package on what is installed here. A `.buildinfo` says by what the published one was built.

use super::{
    Case, Contents, Ecosystem, Error,
    site::{Call, files, place, put},
    subject,
};
use crate::{
    model::{PublishedFact, PublishedPlan},
    notation::calendar::moment,
    record::deb822::{self, Field},
};
use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

/// Debian and what comes from it.
pub(super) struct Debian;

/// Fetches a source package: the caller's sources of packages, asked for sources.
const SOURCE: &str = "set -e
mkdir -p out etc state/lists/partial cache/archives/partial
for file in /etc/apt/sources.list /etc/apt/sources.list.d/*.list; do
    [ ! -f \"$file\" ] || sed 's/^deb /deb-src /' \"$file\" >\"etc/${file##*/}\"
done
for file in /etc/apt/sources.list.d/*.sources; do
    [ ! -f \"$file\" ] || sed 's/^Types:.*/Types: deb-src/' \"$file\" >\"etc/${file##*/}\"
done
apt() {
    apt-get -q=2 -o Dir::Etc::SourceList=/dev/null -o Dir::Etc::SourceParts=\"$PWD/etc\" -o Dir::State=\"$PWD/state\" \\
        -o Dir::Cache=\"$PWD/cache\" -o APT::Sandbox::User=root \"$@\"
}
apt update
root=$PWD
cp -r etc state cache out/
cd out
apt source --download-only \"$1=$2\"
rm -r etc state cache";
/// Unpacks and builds it.
const BUILD: &str = "set -e
dpkg-source --no-copy --no-check -x source/*.dsc \"$1\" >/dev/null
if [ -s kit/changes ]; then cat kit/changes \"$1/debian/changelog\" >changelog; mv changelog \"$1/debian/changelog\"; fi
cd \"$1\"
dpkg-buildpackage \"$2\" -us -uc";
/// Where Debian's builders build.
const PLACE: &str = "/build/reproducible-path";
/// A .buildinfo is not larger.
const LIMIT: u64 = 64 << 20;
/// Differing versions that are named one by one.
const NAMED: usize = 12;

impl Ecosystem for Debian {
    fn name(&self) -> &'static str {
        "debian"
    }

    fn evidence(&self, case: &Case<'_>) -> Vec<PublishedFact> {
        let known = Package::of(case.artifact);
        let mut facts = known.facts.clone();
        let own = format!("/changelog.Debian.{}.gz", known.architecture);
        if let Some((place, entry)) = case.artifact.unpacked(&own) {
            facts.push(PublishedFact {
                what: "built anew".to_owned(),
                value: entry.lines().next().unwrap_or_default().to_owned(),
                place: format!("{place}:1"),
            });
        }
        if let Some((time, name)) = case.artifact.newest() {
            facts.push(PublishedFact {
                what: "newest member".to_owned(),
                value: moment(time),
                place: format!("{name}: mtime"),
            });
        }
        for name in ["Build-Date", "Build-Path", "Build-Origin", "Build-Architecture"] {
            if let Ok(fields) = buildinfo(case)
                && let Some(field) = fields.get(&name.to_lowercase())
            {
                facts.push(PublishedFact {
                    what: name.to_owned(),
                    value: field.text(),
                    place: format!(".buildinfo:{}", field.line()),
                });
            }
        }
        facts
    }

    fn plan(&self, case: &Case<'_>, notes: &mut Vec<String>) -> Result<PublishedPlan, Error> {
        let known = Package::of(case.artifact);
        let names = [&known.name, &known.source];
        if !names.into_iter().all(|name| subject::is_name(name, false)) || !subject::is_version(&known.version) {
            return Err(Error::malformed(
                "it is no package: control does not give its name and version",
            ));
        }
        let info = buildinfo(case)?;
        let text = |name: &str| info.get(name).map(Field::text).unwrap_or_default();
        notes.extend(differing(&text("installed-build-depends")));
        let build_path = text("build-path");
        let told = Path::new(build_path.trim());
        let told = told.parent().zip(told.file_name());
        let told = told.filter(|(parent, _)| subject::is_place(&parent.to_string_lossy()));
        let upstream = known
            .version
            .split_once(':')
            .map_or(known.version.as_str(), |(_, rest)| rest);
        let upstream = upstream.rsplit_once('-').map_or(upstream, |(upstream, _)| upstream);
        let usual = format!("{}-{upstream}", known.source);
        let (folder, name) = match told {
            Some((parent, name)) => (
                parent.to_string_lossy().into_owned(),
                name.to_string_lossy().into_owned(),
            ),
            None => (PLACE.to_owned(), usual),
        };
        let which = if known.architecture == "all" { "-A" } else { "-B" };
        let words = ["/bin/sh", "-c", BUILD, "sh", &name, which];
        let mut options = BTreeMap::new();
        let changes = text("binary-only-changes");
        // What was added to the changelog when it was built anew has a file of its own in the package.
        let own = format!("/changelog.Debian.{}.gz", known.architecture);
        if let Some((_, entry)) = case.artifact.unpacked(&own) {
            options.insert("changes".to_owned(), format!("{}\n\n", entry.trim_end()));
        } else if !changes.trim().is_empty() {
            options.insert("changes".to_owned(), unfolded(&changes));
        } else if known.binary != known.version {
            notes.push(format!(
                "it was built anew as {}, and no .buildinfo says with which entry",
                known.binary
            ));
        }
        Ok(PublishedPlan {
            ecosystem: self.name().to_owned(),
            name: known.source,
            version: known.version,
            interpreter: String::new(),
            requires: Vec::new(),
            before: String::new(),
            clock: case
                .artifact
                .newest()
                .map_or_else(|| crate::rebuild::Build::default().clock, |(time, _)| time + 3600),
            source_date_epoch: None,
            umask: "0022".to_owned(),
            build_path: folder,
            member_times: false,
            steps: vec![words.map(str::to_owned).to_vec()],
            // Whatever the file is called that was given.
            artifacts: vec![format!("{}_*.deb", known.name)],
            variables: variables(&text("environment")),
            options,
            inputs: Vec::new(),
        })
    }

    fn stage(&self, case: &Case<'_>, plan: &PublishedPlan, folder: &Path) -> Result<(), Error> {
        for file in source(case, plan)? {
            place(&file, &folder.join("source"))?;
        }
        let changes = plan.options.get("changes").map_or("", String::as_str);
        put(&folder.join("kit/changes"), changes.as_bytes())
    }

    fn source(&self, case: &Case<'_>, plan: &PublishedPlan) -> Option<Contents> {
        let files = source(case, plan).ok()?;
        let original = files.iter().find(|path| path.to_string_lossy().contains(".orig."));
        let any = files.iter().find(|path| path.to_string_lossy().contains(".tar."));
        Contents::read(original.or(any)?).ok()
    }
}

/// What a package says of itself.
#[derive(Default)]
struct Package {
    /// Its own name.
    name: String,
    source: String,
    /// Of the source.
    version: String,
    /// Its own, with what was appended when it was built anew.
    binary: String,
    architecture: String,
    facts: Vec<PublishedFact>,
}

impl Package {
    fn of(artifact: &Contents) -> Self {
        let mut known = Self::default();
        let Some((place, text)) = artifact.text("/control") else {
            return known;
        };
        let fields = deb822::fields(&text).unwrap_or_default();
        let get = |name: &str| fields.get(name).map(Field::text).unwrap_or_default();
        known.name = get("package");
        known.binary = get("version");
        known.architecture = get("architecture");
        let source = get("source");
        known.source = source.split(' ').next().unwrap_or_default().to_owned();
        if known.source.is_empty() {
            known.source.clone_from(&known.name);
        }
        // A version of the source stands in brackets where it is another one.
        let own = source.split_once('(').and_then(|(_, rest)| rest.split_once(')'));
        known.version = own.map_or_else(|| known.binary.clone(), |(version, _)| version.trim().to_owned());
        for name in [
            "Package",
            "Version",
            "Architecture",
            "Source",
            "Built-Using",
            "Static-Built-Using",
        ] {
            if let Some(field) = fields.get(&name.to_lowercase()) {
                known.facts.push(PublishedFact {
                    what: name.to_owned(),
                    value: field.text(),
                    place: format!("{place}:{}", field.line()),
                });
            }
        }
        known
    }
}

fn buildinfo(case: &Case<'_>) -> Result<BTreeMap<String, Field>, Error> {
    let Some(path) = &case.options.buildinfo else {
        return Ok(BTreeMap::new());
    };
    let text = crate::bytes::source::text(path, LIMIT).map_err(|error| Error::at(path, &error))?;
    deb822::fields(&text).map_err(|error| error.of(path))
}

/// The files of the source package: those that lie beside the .dsc, or apt's.
fn source(case: &Case<'_>, plan: &PublishedPlan) -> Result<Vec<PathBuf>, Error> {
    let Some(dsc) = &case.options.dsc else {
        if !subject::is_name(&plan.name, false) || !subject::is_version(&plan.version) {
            return Err(Error::usage(format!(
                "{:?} {:?} is no name and version",
                plan.name, plan.version
            )));
        }
        let words = ["/bin/sh", "-c", SOURCE, "sh", &plan.name, &plan.version];
        let folder = case.site.fetch(Call {
            what: &format!("the source package {} {}", plan.name, plan.version),
            steps: vec![words.map(str::to_owned).to_vec()],
            kit: Vec::new(),
            tree: None,
            variables: BTreeMap::new(),
        })?;
        return files(&folder);
    };
    let text = crate::bytes::source::text(dsc, LIMIT).map_err(|error| Error::at(dsc, &error))?;
    let fields = deb822::fields(&text).map_err(|error| error.of(dsc))?;
    let listed = fields.get("files").map(Field::text).unwrap_or_default();
    let names = listed.lines().filter_map(|line| line.split_whitespace().nth(2));
    let mut found = vec![dsc.clone()];
    for name in names {
        if name.contains('/') || name.starts_with('.') {
            return Err(Error::refused(format!("names the file {name:?}")).of(dsc));
        }
        found.push(crate::bytes::folder_of(dsc).join(name));
    }
    Ok(found)
}

/// Variables of a .buildinfo that a build may see: none that chooses programs.
fn variables(text: &str) -> BTreeMap<String, String> {
    let all = deb822::variables(text).unwrap_or_default();
    let taken = |name: &String| name.starts_with("DEB_") || name.starts_with("DH_") || name == "SOURCE_DATE_EPOCH";
    all.into_iter().filter(|(name, _)| taken(name)).collect()
}

/// A field of many lines as it was before it was folded: `.` is an empty line.
fn unfolded(text: &str) -> String {
    let mut out = String::new();
    for line in text.lines().skip_while(|line| line.trim().is_empty()) {
        let line = if line.trim() == "." { "" } else { line };
        // The lead of an entry's lines went with the folding.
        let lead = match line {
            "" => "",
            line if line.starts_with("--") => " ",
            line if line.starts_with('*') || line.starts_with('[') => "  ",
            _ => "",
        };
        out.push_str(&format!("{lead}{line}\n"));
    }
    out.push('\n');
    out
}

/// Which packages are installed here in another version than the one that the published package was built with.
fn differing(listed: &str) -> Vec<String> {
    let recorded: BTreeMap<String, String> = listed
        .lines()
        .filter_map(|line| {
            let (name, rest) = line.trim().trim_end_matches(',').split_once(" (= ")?;
            Some((
                name.split(':').next()?.to_owned(),
                rest.trim_end_matches(')').to_owned(),
            ))
        })
        .collect();
    if recorded.is_empty() {
        return Vec::new();
    }
    let here = installed();
    let mut other: Vec<String> = recorded
        .iter()
        .filter(|(name, version)| here.get(*name) != Some(*version))
        .map(|(name, version)| match here.get(name) {
            Some(here) => format!("{name} {here} and not {version}"),
            None => format!("no {name}, which was {version}"),
        })
        .collect();
    let count = other.len();
    if count == 0 {
        return vec!["every package that the .buildinfo lists is installed here in the same version".to_owned()];
    }
    let total = recorded.len();
    let more = count.saturating_sub(NAMED);
    other.truncate(NAMED);
    let more = if more > 0 {
        format!(" and {more} more")
    } else {
        String::new()
    };
    vec![format!(
        "{count} of the {total} packages that the .buildinfo lists are others here: {}{more}",
        other.join(", ")
    )]
}

/// Versions of the packages that dpkg has installed.
fn installed() -> BTreeMap<String, String> {
    let answer = Command::new("dpkg-query")
        .args(["-W", "-f", "${db:Status-Status} ${Package} ${Version}\n"])
        .stdin(Stdio::null())
        .stderr(Stdio::null())
        .output();
    let text = answer.map(|answer| answer.stdout).unwrap_or_default();
    let text = String::from_utf8_lossy(&text);
    let line = |line: &str| {
        let mut words = line.split(' ');
        let (status, name, version) = (words.next()?, words.next()?, words.next()?);
        (status == "installed").then(|| (name.to_owned(), version.to_owned()))
    };
    text.lines().filter_map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_is_unfolded() {
        let field = "hello (2.10-3+b1) sid; urgency=low, binary-only=yes\n.\n* Binary-only non-maintainer upload\n.\n-- Buildd <b@d>  Thu, 1 Jan 2026 00:00:00 +0000";
        assert_eq!(
            unfolded(field),
            "hello (2.10-3+b1) sid; urgency=low, binary-only=yes\n\n  * Binary-only non-maintainer upload\n\n -- Buildd <b@d>  Thu, 1 Jan 2026 00:00:00 +0000\n\n"
        );
    }

    #[test]
    fn variables_that_choose_programs_are_not_taken() {
        let found = variables("DEB_BUILD_OPTIONS=\"parallel=4\"\n LD_PRELOAD=\"/x\"\n SOURCE_DATE_EPOCH=\"1\"");
        let names: Vec<&str> = found.keys().map(String::as_str).collect();
        assert_eq!(names, ["DEB_BUILD_OPTIONS", "SOURCE_DATE_EPOCH"]);
    }
}
