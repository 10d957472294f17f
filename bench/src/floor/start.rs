//! Starts commands, at most 64 at once; their output is read and discarded.

use std::process::Stdio;
use std::sync::Arc;

use tokio::process::Command;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use crate::Failure;

const AT_ONCE: usize = 64;

/// Running commands.
pub(crate) struct Starts {
    permits: Arc<Semaphore>,
    running: JoinSet<Result<(), Failure>>,
}

impl Default for Starts {
    fn default() -> Self {
        Self {
            permits: Arc::new(Semaphore::new(AT_ONCE)),
            running: JoinSet::new(),
        }
    }
}

impl Starts {
    /// Starts a line for the shell once there is room; `ended` gets its exit code.
    pub(crate) async fn start(
        &mut self,
        line: String,
        ended: impl FnOnce(i32) + Send + 'static,
    ) -> Result<(), Failure> {
        let permit = Arc::clone(&self.permits).acquire_owned().await?;
        let mut command = Command::new("/bin/sh");
        command
            .arg("-c")
            .arg(line)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        self.running.spawn(async move {
            let output = command.output().await?;
            drop(permit);
            let code = output.status.code().ok_or("a signal ended a command")?;
            ended(code);
            if code == 0 {
                Ok(())
            } else {
                Err(format!("a command of the floor ended with {code}").into())
            }
        });
        Ok(())
    }

    /// Waits until all have ended.
    pub(crate) async fn all(mut self) -> Result<(), Failure> {
        while let Some(ended) = self.running.join_next().await {
            ended??;
        }
        Ok(())
    }
}
