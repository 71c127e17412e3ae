//! The bounds of one call of compiled code: fuel for loops and calls, recursion depth, memory; and what it printed.
//!
//! Running out is an ordinary thrown error with a code of its own (`sandbox-fuel`, `sandbox-depth`,
//! `sandbox-memory`), never a crash. Memory is charged by the operation that grows a value, before it allocates.

use crate::Thrown;

/// What a call may still use. Made once per call from the limits table.
#[derive(Clone, Debug)]
pub struct Budget {
    fuel: u64,
    depth: u32,
    depth_max: u32,
    memory_bytes: u64,
    /// What `print` and its like said. Whoever made the budget takes it, or `with-out-str` does.
    printed: String,
}

impl Budget {
    pub fn new(fuel: u64, depth_max: u32, memory_bytes: u64) -> Self {
        Self { fuel, depth: 0, depth_max, memory_bytes, printed: String::new() }
    }

    /// Uses fuel: one unit per call, loop round or element visited.
    #[inline]
    pub fn spend(&mut self, units: u64) -> Result<(), Thrown> {
        let Some(left) = self.fuel.checked_sub(units) else { return Err(out_of_fuel()) };
        self.fuel = left;
        Ok(())
    }

    /// Charges memory before it is allocated; `elements` of about 32 bytes each.
    #[inline]
    pub fn charge(&mut self, elements: usize) -> Result<(), Thrown> {
        self.charge_bytes((elements as u64).saturating_mul(32))
    }

    #[inline]
    pub fn charge_bytes(&mut self, bytes: u64) -> Result<(), Thrown> {
        let Some(left) = self.memory_bytes.checked_sub(bytes) else { return Err(out_of_memory()) };
        self.memory_bytes = left;
        Ok(())
    }

    /// Enters a call of compiled code; pair with [`Budget::leave`].
    #[inline]
    pub fn enter(&mut self) -> Result<(), Thrown> {
        self.spend(1)?;
        if self.depth >= self.depth_max {
            return Err(too_deep());
        }
        self.depth += 1;
        Ok(())
    }

    /// Says something to whoever reads the log of the run.
    pub fn print(&mut self, text: &str) -> Result<(), Thrown> {
        self.charge_bytes(text.len() as u64)?;
        self.printed.push_str(text);
        Ok(())
    }

    /// What was printed since this was asked last.
    pub fn take_printed(&mut self) -> String {
        std::mem::take(&mut self.printed)
    }

    /// Puts back what [`Budget::take_printed`] took, in front of what was printed since.
    pub fn restore_printed(&mut self, before: String) {
        let since = std::mem::replace(&mut self.printed, before);
        self.printed.push_str(&since);
    }

    #[inline]
    pub fn leave(&mut self) {
        self.depth = self.depth.saturating_sub(1);
    }
}

#[cold]
fn out_of_fuel() -> Thrown {
    Thrown::limit("sandbox-fuel", "the call ran out of fuel: it loops too long for the sandbox")
}

#[cold]
fn out_of_memory() -> Thrown {
    Thrown::limit("sandbox-memory", "the call ran out of memory: it builds values too large for the sandbox")
}

#[cold]
fn too_deep() -> Thrown {
    Thrown::limit("sandbox-depth", "the call recurses too deeply for the sandbox")
}
