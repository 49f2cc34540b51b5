# Short names for what is done often. `just` lists them.

_default:
    @just --list --unsorted

# See the whole story in one terminal
demo:
    cargo run -- demo

# All tests
test *ARGS:
    cargo test {{ARGS}}

# What must hold before a commit
check:
    cargo fmt --check
    cargo clippy --all-targets -- -D warnings
    cargo build --lib --no-default-features
    cargo test

# Licences, banned crates and sources
deny:
    cargo deny check bans licenses sources

# The benchmarks
bench *ARGS:
    cargo bench {{ARGS}}

fmt:
    cargo fmt
