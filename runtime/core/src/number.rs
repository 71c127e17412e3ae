//! The numeric tower: checked 64-bit integers, big integers, ratios, decimals with scale, doubles.

use num_bigint::BigInt;

/// An exact fraction in lowest terms.
pub type Ratio = num_rational::BigRational;

/// `unscaled * 10^-scale`. Scale is kept: `1.50M` is not `1.5M` when printed, but both are equal under `=` only when
/// their values and scales agree in Clojure 1.11 (`(= 1M 1.0M)` is true: equality compares values).
#[derive(Clone, Debug)]
pub struct Decimal {
    pub unscaled: BigInt,
    pub scale: i32,
}

impl PartialEq for Decimal {
    fn eq(&self, other: &Self) -> bool {
        self.unscaled == other.unscaled && self.scale == other.scale
    }
}
impl Eq for Decimal {}
impl std::hash::Hash for Decimal {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.unscaled.hash(state);
    }
}
