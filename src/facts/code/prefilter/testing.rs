//! Which source files are tests, or only help them: what they do is not what the program does.

/// Folders that hold tests.
const TEST_FOLDERS: &[&str] = &[
    "test",
    "tests",
    "testing",
    "__tests__",
    "__mocks__",
    "spec",
    "specs",
    "e2e",
    "__e2e__",
    "testdata",
    "fixtures",
    "integration-tests",
    "conformance",
    "androidTest",
    "testutil",
    "testutils",
    "benches",
    "cypress",
    "playwright",
    "suites",
    ".mvn",
    "end-to-end-tests",
    // Acceptance tests, as Gradle's source sets are called.
    "aat",
    "integrationtests",
    "integration_tests",
    "UnitTest",
    "UnitTests",
    "IntegrationTest",
    "IntegrationTests",
    "acceptance-test",
    "acceptance-tests",
    "acceptanceTest",
    "testrig",
    "testingsupport",
    "testing-support",
    "testsupport",
    "test-support",
    "tests_e2e",
    "fakes",
];

/// Whether a path is that of a test: what it does is not what the service does.
pub(in crate::facts) fn is_test(path: &str) -> bool {
    let mut parts: Vec<&str> = path.split('/').collect();
    let name = parts.pop().unwrap_or_default();
    let stem = name.split_once('.').map_or(name, |(stem, _)| stem);
    parts.iter().any(|folder| {
        TEST_FOLDERS.contains(folder)
            || folder.ends_with(".Tests")
            || (folder.ends_with("Test") && name.ends_with(".java"))
            || folder.ends_with(".UnitTest")
            || folder.ends_with(".UnitTests")
            || folder.ends_with(".FunctionalTests")
            || folder.ends_with(".IntegrationTests")
            || matches!(*folder, "mock" | "mocks")
            || folder.starts_with("mock-")
            || ["-e2e", "-tests", "_tests"].iter().any(|end| folder.ends_with(end))
    }) || name.ends_with("_test.go")
        || stem.starts_with("test_")
        || stem.starts_with("testdata")
        || stem.ends_with("_test")
        || matches!(stem, "conftest" | "locustfile")
        || stem == "mock"
        || stem.starts_with("mock_")
        || stem.ends_with("_mock")
        || name.contains(".mock.")
        || name.contains(".test.")
        || name.contains(".spec.")
        || name.contains(".servertest.")
        || (name.ends_with(".java")
            && (stem.ends_with("Test") || stem.ends_with("Tests") || stem.ends_with("IT")))
        || (name.ends_with(".cs") && (stem.ends_with("Test") || stem.ends_with("Tests")))
        || matches!(name, "tests.rs" | "tests.py")
        || name.starts_with("jest.")
        || path.contains("src/it/")
        || path.contains("src/aat/")
        // Gradle's source sets: `src/e2eTest/utils/pages.ts`.
        || parts.windows(2).any(|two| two[0] == "src" && two[1].ends_with("Test"))
        || (name.ends_with(".go") && parts.contains(&"integration"))
}

/// Packages of Go that only tests import.
const TEST_PACKAGES: &[&str] =
    &["\"testing\"", "\"net/http/httptest\"", "\"github.com/stretchr/testify/"];

/// Lines at the beginning of a file that are looked at for what it imports.
const MAX_HEAD: usize = 200;

/// Namespaces of .NET and packages of Java that only tests import.
const TEST_NAMESPACES: &[&str] = &[
    "using Xunit;",
    "using NUnit.Framework;",
    "using Microsoft.VisualStudio.TestTools.UnitTesting;",
    "import org.junit.",
    "import org.testng.",
];

/// Whether a file helps tests: it imports what only they do. Code of Go that serves may import
/// `testing` to ask whether it is tested, or register its flags.
pub(in crate::facts) fn helps_tests(path: &str, text: &str) -> bool {
    if path.ends_with(".cs") || path.ends_with(".java") {
        let mut lines = text.lines().map(str::trim_start).take(MAX_HEAD);
        return lines.any(|line| TEST_NAMESPACES.iter().any(|it| line.starts_with(it)));
    }
    let imports = || {
        let lines = text.lines().map(str::trim).skip_while(|line| !line.starts_with("import"));
        lines.take_while(|line| !line.starts_with("func ") && !line.starts_with("type ")).any(
            |line| {
                let line = line.strip_prefix("import ").unwrap_or(line).trim_start();
                TEST_PACKAGES.iter().any(|package| line.starts_with(package))
            },
        )
    };
    path.ends_with(".go") && !text.contains("func main()") && imports()
}

/// Whether Go's tools pass over a file unless somebody names it: no program that is deployed has it.
pub(in crate::facts) fn is_passed_over(path: &str, text: &str) -> bool {
    let mut head = text.lines().take_while(|line| !line.starts_with("package "));
    path.ends_with(".go")
        && head.any(|line| matches!(line.trim(), "//go:build ignore" | "// +build ignore"))
}

#[cfg(test)]
mod tests {
    use super::{helps_tests, is_test};

    #[test]
    fn helpers_of_tests_are_known_by_what_they_import() {
        let helper = "package a\n\nimport (\n\t\"net/http/httptest\"\n)\n\nfunc New() {}\n";
        assert!(helps_tests("a/a.go", helper));
        assert!(helps_tests("a/a.go", "package a\n\nimport \"testing\"\n"));
        let served = "package a\n\nimport \"net/http\"\n\nvar a = \"testing\"\n";
        assert!(!helps_tests("a/a.go", served));
        assert!(!helps_tests("a/a.py", helper));
    }

    #[test]
    fn tests_are_known_by_their_path() {
        for path in [
            "a/b_test.go",
            "tests/a.py",
            "a/test_b.py",
            "src/test/java/A.java",
            "web/a.spec.ts",
            "web/__tests__/a.js",
            "Shop.Tests/A.cs",
            "a/OrderTest.java",
            "axum/benches/benches.rs",
            "cmd/shop-e2e/main.go",
            "web/__e2e__/api.ts",
            "web/api.servertest.ts",
        ] {
            assert!(is_test(path), "{path}");
        }
        for path in ["a/latest.go", "src/contest.py", "testimonials/a.ts", "a/Protest.cs.txt"] {
            assert!(!is_test(path), "{path}");
        }
    }
}
