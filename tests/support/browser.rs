//! Chromium without a window, driven over its debugging pipe: what a reader's browser makes of a page, and what it complains about.
#![allow(dead_code, reason = "each binary of the tests uses its own part")]

use serde_json::{Value, json};
use std::{
    fs::File,
    io::{BufRead, BufReader, Write},
    path::Path,
    process::{Child, Command, Stdio},
    sync::mpsc::{Receiver, channel},
    thread,
    time::Duration,
};

/// Longest wait for one answer: large pages on slow machines.
const PATIENCE: Duration = Duration::from_secs(180);

/// A running browser; it ends with this value.
pub struct Browser {
    child: Child,
    commands: File,
    answers: Receiver<Value>,
    number: u64,
    session: Option<String>,
    tab: Option<Value>,
    /// What the console, the policy and the engine said since the page was opened.
    pub complaints: Vec<String>,
    _folder: tempfile::TempDir,
}

impl Browser {
    /// Starts it. Its home is a temporary folder.
    pub fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (commands, answers) = (folder.path().join("commands"), folder.path().join("answers"));
        for pipe in [&commands, &answers] {
            assert!(Command::new("mkfifo").arg(pipe).status().unwrap().success());
        }
        let child = Command::new("sh")
            .args([
                "-c",
                "exec chromium --headless=new --no-sandbox --disable-gpu --no-first-run --window-size=1280,900 --remote-debugging-pipe \
                   --user-data-dir=\"$3\" about:blank 3<\"$1\" 4>\"$2\"",
                "sh",
            ])
            .args([&commands, &answers, &folder.path().join("profile")])
            .env("HOME", folder.path())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let commands = File::options().write(true).open(&commands).unwrap();
        let reader = BufReader::new(File::open(&answers).unwrap());
        let (tell, answers) = channel();
        thread::spawn(move || {
            for message in reader.split(0).map_while(Result::ok) {
                let Ok(message) = serde_json::from_slice(&message) else {
                    break;
                };
                if tell.send(message).is_err() {
                    break;
                }
            }
        });
        Self {
            child,
            commands,
            answers,
            number: 0,
            session: None,
            tab: None,
            complaints: Vec::new(),
            _folder: folder,
        }
    }

    /// Sends a command and waits for its result.
    #[track_caller]
    pub fn command(&mut self, method: &str, parameters: Value) -> Value {
        self.number += 1;
        let mut message = json!({"id": self.number, "method": method, "params": parameters});
        if let Some(session) = &self.session {
            message["sessionId"] = json!(session);
        }
        let mut bytes = serde_json::to_vec(&message).unwrap();
        bytes.push(0);
        self.commands.write_all(&bytes).unwrap();
        loop {
            let answer = self.hear(method);
            if answer["id"] == json!(self.number) {
                assert!(answer.get("error").is_none(), "{method}: {}", answer["error"]);
                return answer["result"].clone();
            }
        }
    }

    #[track_caller]
    fn hear(&mut self, what: &str) -> Value {
        let answer = self.answers.recv_timeout(PATIENCE);
        let answer = answer.unwrap_or_else(|e| panic!("the browser does not answer {what}: {e}"));
        match answer["method"].as_str().unwrap_or_default() {
            "Runtime.exceptionThrown" => self.complaints.push(answer["params"]["exceptionDetails"].to_string()),
            "Runtime.consoleAPICalled" => self.complaints.push(answer["params"]["args"].to_string()),
            "Log.entryAdded" => self.complaints.push(answer["params"]["entry"]["text"].to_string()),
            _ => {}
        }
        answer
    }

    /// Opens a page in a new tab, with what stands behind `#`, and waits until it is loaded.
    #[track_caller]
    pub fn open(&mut self, page: &Path, hash: &str) {
        self.session = None;
        let target = self.command("Target.createTarget", json!({"url": "about:blank"}));
        if let Some(before) = self.tab.replace(target["targetId"].clone()) {
            self.command("Target.closeTarget", json!({ "targetId": before }));
        }
        let attached = self.command(
            "Target.attachToTarget",
            json!({"targetId": target["targetId"], "flatten": true}),
        );
        self.session = Some(attached["sessionId"].as_str().unwrap().to_owned());
        self.complaints.clear();
        for domain in ["Page.enable", "Runtime.enable", "Log.enable"] {
            self.command(domain, json!({}));
        }
        let hash = if hash.is_empty() {
            String::new()
        } else {
            format!("#{hash}")
        };
        let url = format!("file://{}{hash}", page.display());
        let gone = self.command("Page.navigate", json!({ "url": url }));
        assert!(gone.get("errorText").is_none(), "{gone}");
        while self.value("document.readyState + ' ' + location.protocol") != json!("complete file:") {
            thread::sleep(Duration::from_millis(20));
        }
    }

    /// The value of an expression, evaluated by the debugger: the page's policy does not hold for it.
    #[track_caller]
    pub fn value(&mut self, expression: &str) -> Value {
        let result = self.command(
            "Runtime.evaluate",
            json!({"expression": expression, "returnByValue": true, "awaitPromise": true, "userGesture": true}),
        );
        assert!(result.get("exceptionDetails").is_none(), "{expression}: {result}");
        result["result"]["value"].clone()
    }

    /// The same, as a number.
    #[track_caller]
    pub fn count(&mut self, expression: &str) -> u64 {
        let value = self.value(expression);
        value.as_u64().unwrap_or_else(|| panic!("{expression}: {value}"))
    }

    /// The same, as text.
    #[track_caller]
    pub fn text(&mut self, expression: &str) -> String {
        let value = self.value(expression);
        value
            .as_str()
            .unwrap_or_else(|| panic!("{expression}: {value}"))
            .to_owned()
    }

    /// A key, pressed and released: `Tab`, `Enter`, `/`, or a letter.
    pub fn press(&mut self, key: &str) {
        let (code, text) = match key {
            "Tab" => (9, ""),
            "Enter" => (13, "\r"),
            " " => (32, " "),
            key => (u32::from(key.as_bytes()[0].to_ascii_uppercase()), key),
        };
        let key = json!({"type": "keyDown", "key": key, "text": text, "windowsVirtualKeyCode": code});
        self.command("Input.dispatchKeyEvent", key.clone());
        let mut up = key;
        up["type"] = json!("keyUp");
        self.command("Input.dispatchKeyEvent", up);
    }

    /// A click in the middle of the first element of a selector.
    #[track_caller]
    pub fn click(&mut self, selector: &str) {
        let place = self.value(&format!(
            "(() => {{ const e = document.querySelector({}); e.scrollIntoView({{block: 'center'}}); \
             const r = e.getBoundingClientRect(); return [r.x + r.width / 2, r.y + r.height / 2]; }})()",
            json!(selector)
        ));
        for kind in ["mousePressed", "mouseReleased"] {
            self.command(
                "Input.dispatchMouseEvent",
                json!({"type": kind, "x": place[0], "y": place[1], "button": "left", "clickCount": 1}),
            );
        }
    }

    /// A screen of that many columns, as a phone has.
    pub fn narrow(&mut self, columns: u64) {
        let screen = json!({"width": columns, "height": 844, "deviceScaleFactor": 1, "mobile": false});
        self.command("Emulation.setDeviceMetricsOverride", screen);
    }

    /// The reader's choice of colours: `light` or `dark`.
    pub fn prefer(&mut self, scheme: &str) {
        let feature = json!([{"name": "prefers-color-scheme", "value": scheme}]);
        self.command("Emulation.setEmulatedMedia", json!({ "features": feature }));
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        let _ = self.commands.write_all(b"{\"id\":0,\"method\":\"Browser.close\"}\0");
        for _ in 0..100 {
            if matches!(self.child.try_wait(), Ok(Some(_))) {
                return;
            }
            thread::sleep(Duration::from_millis(50));
        }
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
