//! One image of a layout or an archive, as a folder of what it is made of: manifests, configuration, layers. How they are named and packed
//! where they lie is not compared.

use super::{directory, oci, tar};
use crate::{
    bytes::source::{self, Watch},
    model::{Blob, Body, Content, Decode, Malformed, Opened, Order, Part, Parts, Role, Span, Store, Value},
};
use std::{io, path::Path, sync::Arc};

/// A file of an archive.
#[derive(Debug)]
struct Inside(Blob);

impl Decode for Inside {
    fn decode(&self, _stored: &Blob, _limit: u64) -> Result<Blob, Malformed> {
        Ok(self.0.clone())
    }
}

/// The image of this name, or the only one.
///
/// # Errors
/// It can't be read, or there is no such image; the error says which are there.
pub fn open(store: Store, path: &Path, reference: Option<&str>, watch: &Arc<Watch>) -> io::Result<(Blob, Opened)> {
    let files = match store {
        Store::Oci => folder(path, watch)?,
        Store::OciArchive | Store::DockerArchive => archive(&source::load_watched(path, watch)?)?,
    };
    let names: Vec<&str> = files.iter().map(|(name, _)| name.as_str()).collect();
    let read = |i: usize| files[i].1.decode(&Vec::new().into(), u64::MAX).ok();
    let chosen = oci::Chosen {
        reference,
        layout: store != Store::DockerArchive,
    };
    let mut uses = oci::image(&names, &read, &chosen).map_err(|there| missing(reference, &there))?;
    let files = files.into_iter().enumerate();
    let mut parts: Vec<(oci::Use, Box<dyn Decode>)> = files
        .filter_map(|(i, (_, decoder))| Some((uses.remove(&i)?, decoder)))
        .collect();
    parts.sort_by(|x, y| x.0.label.cmp(&y.0.label));
    Ok(listing(parts))
}

fn missing(reference: Option<&str>, there: &[String]) -> io::Error {
    let what = match reference {
        Some(reference) => format!("there is no image {reference}"),
        None => "there is not one image but several, or none".to_owned(),
    };
    let known = match there {
        [] => "no image here has a name".to_owned(),
        _ => format!("there are {}", there.join(", ")),
    };
    io::Error::new(io::ErrorKind::NotFound, format!("{what}; {known}"))
}

type Files = Vec<(String, Box<dyn Decode>)>;

fn folder(path: &Path, watch: &Arc<Watch>) -> io::Result<Files> {
    let (_, opened) = directory::open(path, watch)?;
    let file = |entry: Part| {
        let Body::Group(group) = entry.body else { return None };
        let Parts::Ready(fields) = group.parts else { return None };
        let decoder = fields.into_iter().find_map(|field| match field.body {
            Body::Member(member) => match member.content {
                Content::External(decoder) => Some(decoder),
                _ => None,
            },
            _ => None,
        });
        Some((entry.name.into_owned(), decoder?))
    };
    Ok(opened.parts.into_iter().filter_map(file).collect())
}

fn archive(bytes: &Blob) -> io::Result<Files> {
    let told = |malformed: Malformed| io::Error::new(io::ErrorKind::InvalidData, format!("a tar archive: {malformed}"));
    let files = tar::files(bytes).map_err(told)?;
    let one = |(name, data)| -> (String, Box<dyn Decode>) { (name, Box::new(Inside(bytes.slice(data)))) };
    Ok(files.into_iter().map(one).collect())
}

/// The names of the parts, each closed by NUL; their content lies elsewhere.
fn listing(files: Vec<(oci::Use, Box<dyn Decode>)>) -> (Blob, Opened) {
    let mut names = Vec::new();
    let parts = files.into_iter().map(|(used, decoder)| {
        let label = used.label.unwrap_or_default();
        let start = names.len();
        names.extend_from_slice(label.as_bytes());
        let name = Part::field("name", Span::new(start, names.len()), Role::Name, Value::Raw);
        names.push(0);
        let mut content = Part::member("", Span::at(names.len(), 0), Content::External(decoder));
        content.set_reader(&used.must.reader());
        Part::group(label, Span::new(start, names.len()), Order::Fixed, vec![name, content]).of(used.kin)
    });
    let parts = parts.collect();
    let opened = Opened {
        format: "directory",
        order: Order::Members,
        parts,
    };
    (names.into(), opened)
}
