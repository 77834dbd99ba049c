//! What kind of thing a format is. Causes ask for kinds, so that a new format gets every cause for nothing.

/// The kind of a container.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Kind {
    /// Members with names and, mostly, times, owners and modes.
    Archive,
    /// An archive that is installed: its owners and modes become those of the system.
    Package,
    /// A file system or a disk, to be mounted: its owners and modes become those of the system.
    Volume,
    /// What a machine starts from: a kernel, a boot loader, a flash image.
    Firmware,
    /// One stream, encoded.
    Stream,
    /// A program, a library, an object file.
    Executable,
    /// Code for a virtual machine.
    Bytecode,
    /// A picture, a sound, a font.
    Media,
    /// Keys and values.
    Data,
    /// Lines for people or programs.
    Text,
    /// A folder on disk.
    Folder,
    /// Nothing is known of the bytes.
    Opaque,
}
