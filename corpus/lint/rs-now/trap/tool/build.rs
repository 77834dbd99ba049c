use std::process::Command;

fn main() {
    // Command::new("date")
    let of_commit = Command::new("date").args(["-d", "@1700000000", "+%F"]).output();
    let update = Command::new("update").arg("date").output();
    println!("date {of_commit:?} {update:?}");
}
