use obsproof::source::*; use obsproof::facts::read;
fn walk(d:&std::path::Path,out:&mut Vec<std::path::PathBuf>){ let mut e:Vec<_>=std::fs::read_dir(d).unwrap().flatten().map(|e|e.path()).collect(); e.sort(); for p in e { if p.file_name().unwrap()==".git" {continue} let m=std::fs::symlink_metadata(&p).unwrap(); if m.is_dir(){walk(&p,out)} else if m.is_file(){out.push(p)} } }
fn main(){ let root=std::env::args().nth(1).unwrap(); let quiet=std::env::args().nth(2); let mut f=vec![]; let rp=std::path::Path::new(&root); if rp.is_file(){f.push(rp.to_path_buf())} else {walk(rp,&mut f);}
 let mut counts=std::collections::BTreeMap::<String,usize>::new(); let (mut al,mut rec,mut masked,mut cont)=(0,0,0,0); let t=std::time::Instant::now();
 for p in f { let Ok(text)=std::fs::read_to_string(&p) else {continue}; let rel=p.strip_prefix(&root).unwrap_or(&p).display().to_string(); let src=Source::new(rel.clone(),text,Encoding::Utf8);
  let facts=read::read(SourceId(0),&src); al+=facts.alert_rules.len(); rec+=facts.recording_rules.len(); cont+=facts.containers.len();
  let mut line=String::new(); let mut code=true;
  for d in &facts.documents { let k=d.kind.name(); *counts.entry(k.to_string()).or_default()+=1; if d.masked {masked+=1} if !(d.kind.is_code()||k=="markdown"||k=="text"){code=false;}
   line+=&format!(" {}{}{}{}{}", k, if d.host.is_some(){"^"}else{""}, if d.masked{"~"}else{""}, d.dialect.map(|d|format!("[{}]",d.name())).unwrap_or_default(), if d.text_issues.is_empty(){String::new()}else{format!("!{}:{}",src.line_of(d.text_issues[0].span.start),d.text_issues[0].message)}); }
  for s in &facts.skips { line+=&format!(" SKIP:{}", s.reason.name()); *counts.entry(format!("skip:{}",s.reason.name())).or_default()+=1; }
  let none = line.is_empty(); let yamlish = rel.ends_with("yml")||rel.ends_with("yaml")||rel.ends_with("json")||rel.ends_with("conf")||rel.ends_with("tmpl")||rel.ends_with("toml");
  if quiet.as_deref()==Some("none") { if none && yamlish {println!("{rel}")} } else if quiet.is_none() && !none { println!("{rel}:{line}"); } }
 eprintln!("{:?}",counts); eprintln!("alerts {al} records {rec} masked docs {masked} containers {cont} time {:?}",t.elapsed()); }
