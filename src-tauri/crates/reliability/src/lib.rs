//! Retry, breakers, limits: policies that know nothing of what they protect.
