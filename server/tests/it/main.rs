//! Tests of the use cases on both databases, in one binary.

mod exam;
mod practical;
mod theory;
