//! The conformance story: one life of a run, told the same way to every control plane.
