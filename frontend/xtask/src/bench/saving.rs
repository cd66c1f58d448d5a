//! What the saver adds to a long request: a conversation of 450 KB, most of it real output of tools from the saver's
//! corpus. Both sides go through the router; one says in a header that it is not to be shortened.

use super::client::{Connection, Route};
use super::figures::{Table, Target};
use super::provider::Script;
use super::{Effort, Pairs};
use crate::process::now;
use crate::workspace::Workspace;
use anyhow::{Context, Result};
use serde_json::{Value, json};
use std::fs;
use std::path::PathBuf;

const BYTES: usize = 450_000;
/// Longer outputs are left out: a conversation has many.
const LONGEST: usize = 40_000;
/// A number of as many digits in the arguments of each call: another number makes its output one not seen before.
const NUMBER: &str = "0000000000";

/// A request whose calls can be made new.
struct Long {
    connection: Connection,
    /// Where the calls' numbers stand in the request.
    numbers: Vec<usize>,
    made: u64,
}

impl Long {
    fn open(route: &Route, turns: &[Value], header: &str) -> Result<Self> {
        let mut body = Script::Json.body(&route.prefix);
        let turns = serde_json::to_string(turns)?;
        let list = body.find("\"messages\":[").context("a request has messages")? + "\"messages\":[".len();
        body.insert_str(list, &format!("{},", &turns[1..turns.len() - 1]));
        let connection = Connection::with(route, Script::Json, header, &body)?;
        let numbers = connection.places(NUMBER.as_bytes());
        Ok(Self { connection, numbers, made: 0 })
    }

    /// Makes the last `count` calls ones that were not seen before.
    fn renew(&mut self, count: usize) {
        for place in self.numbers.iter().rev().take(count) {
            self.made += 1;
            self.connection.put(*place, format!("{:0width$}", self.made, width = NUMBER.len()).as_bytes());
        }
    }

    fn for_a_while(&mut self, effort: &Effort, renewed: usize) -> Result<Vec<u64>> {
        let mut latencies = Vec::new();
        let start = now();
        while start.elapsed() < effort.span {
            self.renew(renewed);
            latencies.push(super::nanos(self.connection.ask()?));
        }
        Ok(latencies)
    }
}

/// Measures with no text, one, and every text new.
pub(super) fn measure(
    workspace: &Workspace,
    route: &Route,
    effort: &Effort,
    table: &mut Table,
) -> Result<()> {
    let turns = turns(workspace)?;
    let mut off = Long::open(route, &turns, "x-ninerouter-saver: off\r\n")?;
    let mut on = Long::open(route, &turns, "")?;
    let calls = on.numbers.len();
    for (what, renewed, target) in [
        ("nothing new", 0, Target::Below(1.0)),
        ("the last output new", 1, Target::Below(1.0)),
        ("every output new", calls, Target::None),
    ] {
        let mut pairs = Pairs::default();
        on.for_a_while(effort, renewed)?;
        for _ in 0..effort.rounds {
            let (mut without, mut with) =
                (off.for_a_while(effort, renewed)?, on.for_a_while(effort, renewed)?);
            pairs.add(&mut without, &mut with);
        }
        pairs.report(table, &format!("saver on {} KB, {what}", BYTES / 1000), &target);
    }
    Ok(())
}

/// A conversation in which an agent ran the commands of the corpus.
fn turns(workspace: &Workspace) -> Result<Vec<Value>> {
    let mut turns = vec![json!({ "role": "user", "content": "Go on with the task." })];
    let mut bytes = 0;
    for (number, file) in samples(workspace)?.into_iter().enumerate() {
        let output = fs::read_to_string(&file)?;
        if output.len() > LONGEST {
            continue;
        }
        let about = fs::read_to_string(file.with_extension("toml"))?;
        let command = about.lines().find_map(|line| line.strip_prefix("command = ")).unwrap_or("\"true\"");
        let command = command.trim_matches(['"', '\'']);
        let arguments = json!({ "command": command, "description": NUMBER }).to_string();
        let id = format!("call_{number}");
        let call =
            json!({ "id": id, "type": "function", "function": { "name": "bash", "arguments": arguments } });
        turns.push(json!({ "role": "assistant", "content": null, "tool_calls": [call] }));
        turns.push(json!({ "role": "tool", "tool_call_id": id, "content": output }));
        bytes += output.len() + 250;
        if bytes >= BYTES {
            return Ok(turns);
        }
    }
    anyhow::bail!("the saver's corpus is too small for a request of {BYTES} bytes")
}

/// The outputs of the corpus, so that those of one family do not stand together.
fn samples(workspace: &Workspace) -> Result<Vec<PathBuf>> {
    let corpus = workspace.root.join("server/saver/tests/corpus");
    let mut files = Vec::new();
    for family in fs::read_dir(&corpus).with_context(|| format!("no {}", workspace.short(&corpus)))? {
        let family = family?.path();
        if family.is_dir() {
            for file in fs::read_dir(family)? {
                files.push(file?.path());
            }
        }
    }
    files.retain(|file| file.extension().is_some_and(|extension| extension == "txt"));
    files.sort_by_key(|file| file.file_name().map(std::ffi::OsStr::to_owned));
    Ok(files)
}
