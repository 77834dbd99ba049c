//! There is no space left for what the build writes.

use super::{Known, Scene};

pub(super) const KNOWN: Known = Known { id: "no-space", look };

fn look(scene: &Scene<'_>) -> Option<(String, String)> {
    let line = scene.said(&["No space left on device", "ENOSPC", "Disk quota exceeded"])?;
    Some((
        format!("a run may write {} MiB: {line}", scene.build.disk_limit >> 20),
        "a larger --disk-limit, or --work DIR where there is more room".to_owned(),
    ))
}
