//! t
fn main() {
    let text = std::fs::read_to_string(std::env::args().nth(1).unwrap()).unwrap();
    let src = obsproof::source::SourceId(0);
    let map = obsproof::parse::offsets::OffsetMap::slice(src, 0);
    let t = obsproof::parse::yaml::parse(&obsproof::parse::yaml::Input {
        text: &text,
        map: &map,
        masked: &[],
    });
    for r in &t.roots {
        println!("{:?}", r);
    }
    fn show(n: obsproof::parse::tree::NodeRef, text: &str, d: usize) {
        println!(
            "{:d$}{:?} {:?} {:?}",
            "",
            n.span().range(),
            &text[n.span().range()],
            n.scalar(),
            d = d * 2
        );
        for (k, v) in n.pairs() {
            show(k, text, d + 1);
            show(v, text, d + 2);
        }
        for k in n.items() {
            show(k, text, d + 1);
        }
    }
    for d in t.documents() {
        show(d, &text, 0);
    }
    println!("{:?}", t.comments);
}
