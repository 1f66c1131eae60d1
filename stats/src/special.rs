//! The special functions, each from the library that was measured to be right where it is asked.
//!
//! | function | from | range |
//! |---|---|---|
//! | Φ and its tails | `libm::erfc` | everywhere, to the last digits |
//! | Φ⁻¹ | `statrs` `erfc_inv` | everywhere |
//! | χ² tail | `statrs` incomplete gamma | everywhere it is asked, 1e-13 relative |
//! | Student's t tail | `statrs` incomplete beta; Hill's normal form above 100,000 df | see [`student`] |
//! | ln Γ | `libm::lgamma` | small arguments; Stirling's series above, see [`gamma`] |

pub mod gamma;
pub mod normal;
pub mod student;
