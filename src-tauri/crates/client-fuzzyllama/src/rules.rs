//! What the plane asks for at each gate before it takes a verdict.
//!
//! No route tells this. The table was taken from a running server on 2026-11-20, where each refusal named what was missing;
//! a test compares it with those recordings. Deliberately absent: the other checks, which the plane's refusals explain.

/// What one gate asks for.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Rule {
    /// Proofs of which each must be there and pass.
    pub(crate) proofs: &'static [&'static str],
    /// Where deliverables of a traditional project are looked for in its workspace. Of the other sorts they are not known.
    pub(crate) paths: &'static [&'static str],
}

/// The nine gates.
const RULES: [Rule; 9] = [
    Rule { proofs: &[], paths: &["docs/INTAKE.md"] },
    Rule { proofs: &[], paths: &["docs/PRD.md", "docs/USER_STORIES.md"] },
    Rule {
        proofs: &["spec_validation"],
        paths: &[
            "specs/openapi.yaml",
            "prisma/schema.prisma",
            "specs/schemas/",
            "docs/ARCHITECTURE.md",
            "docs/TECH_STACK.md",
        ],
    },
    Rule { proofs: &[], paths: &["design/system/", "design/mockups/", "design/components/"] },
    Rule {
        proofs: &["build_output", "lint_output", "preview_startup"],
        paths: &["src/frontend/", "src/backend/", "src/api/"],
    },
    Rule {
        proofs: &["unit_test_output", "e2e_test_output", "integration_test_output"],
        paths: &["tests/TEST_PLAN.md", "tests/results/", "tests/coverage/"],
    },
    Rule { proofs: &["security_scan"], paths: &["docs/SECURITY_AUDIT.md", "security/scan-results/"] },
    Rule {
        proofs: &["deployment_log", "smoke_test"],
        paths: &["deploy/staging/", ".github/workflows/", "infrastructure/"],
    },
    Rule {
        proofs: &["deployment_log", "smoke_test", "manual_verification"],
        paths: &["deploy/production/", "monitoring/", "docs/RUNBOOK.md"],
    },
];

/// Gate whose marker of completion has a deliverable of its own, and where that lies.
const OF_MARKER: (u32, &str) = (1, "docs/TASKS.md");

/// Proofs that can be handed in. All others are made by the plane alone.
pub(crate) const HANDED_IN: [&str; 12] = [
    "test_output",
    "coverage_report",
    "lint_output",
    "security_scan",
    "build_output",
    "lighthouse_report",
    "accessibility_scan",
    "spec_validation",
    "deployment_log",
    "smoke_test",
    "screenshot",
    "manual_verification",
];

/// The gate at which one proof that failed counts more than any that passed.
pub(crate) const STRICT: u32 = 6;

/// What a gate asks for, with its number.
pub(crate) fn rules() -> impl Iterator<Item = (u32, Rule)> {
    (1..).zip(RULES)
}

/// The gate that a deliverable at this path belongs to, and its place there.
pub(crate) fn place_of(path: &str) -> Option<(u32, usize)> {
    let listed = rules().find_map(|(number, rule)| {
        let place = rule.paths.iter().position(|known| *known == path)?;
        Some((number, place))
    });
    listed.or_else(|| (OF_MARKER.1 == path).then_some((OF_MARKER.0, usize::MAX)))
}
