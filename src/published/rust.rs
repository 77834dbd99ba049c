//! stub
use super::*;
pub(super) struct Crates;
impl Ecosystem for Crates {
    fn name(&self) -> &'static str {
        "rust"
    }
    fn evidence(&self, _case: &Case<'_>) -> Vec<PublishedFact> {
        Vec::new()
    }
    fn plan(&self, _case: &Case<'_>, _notes: &mut Vec<String>) -> Result<PublishedPlan, Error> {
        Err(Error::usage("not yet"))
    }
    fn stage(&self, _case: &Case<'_>, _plan: &PublishedPlan, _folder: &Path) -> Result<(), Error> {
        Ok(())
    }
    fn source(&self, _case: &Case<'_>, _plan: &PublishedPlan) -> Option<Contents> {
        None
    }
}
