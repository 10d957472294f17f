//! Compiles the stamp (`stamp/`), the command that is timed, as a static program: without a loader and libraries it
//! starts in a quarter of the time, so that it adds little to the measurement.

use std::path::PathBuf;
use std::process::Command;

fn main() {
    println!("cargo::rerun-if-changed=stamp");
    println!("cargo::rerun-if-changed=build.rs");
    let stamp = PathBuf::from(variable("OUT_DIR")).join("stamp");
    let done = Command::new(variable("RUSTC"))
        .args(["--crate-name", "stamp", "--crate-type", "bin"])
        .args(["--edition", "2024", "--target", &variable("TARGET")])
        .args([
            "-C",
            "opt-level=2",
            "-C",
            "panic=abort",
            "-C",
            "strip=symbols",
        ])
        .args(["-C", "target-feature=+crt-static"])
        .args(["-C", "relocation-model=static"])
        .arg("-o")
        .arg(&stamp)
        .arg("stamp/main.rs")
        .status();
    assert!(
        matches!(done, Ok(status) if status.success()),
        "the stamp does not compile: {done:?}"
    );
    println!("cargo::rustc-env=STAMP={}", stamp.display());
    println!(
        "cargo::rustc-env=BUILT_WITH={}",
        text(Command::new(variable("RUSTC")).arg("--version"))
    );
}

fn text(command: &mut Command) -> String {
    command.output().map_or_else(
        |_| "unknown".to_owned(),
        |output| String::from_utf8_lossy(&output.stdout).trim().to_owned(),
    )
}

fn variable(name: &str) -> String {
    std::env::var(name).unwrap_or_else(|_| panic!("cargo sets {name}"))
}
