//! scratch
fn main(){ let mut a=std::env::args().skip(1); let f=a.next().unwrap(); let out=a.next().unwrap(); let t=std::fs::read_to_string(&f).unwrap(); let s=breyta_compiler::source::Sources::single(f,t); let c=breyta_compiler::compile(&s);
 for p in &c.problems { println!("{:?} {:?} {} {:?}", p.severity,p.code,p.message,p.help); }
 if let (Some(p),Some(d))=(c.program,c.definition){ for (k,v) in breyta_compiler::emit::emit(&s,&d,&p,&breyta_compiler::emit::Options{runtime_dependency: breyta_compiler::emit::RuntimeDependency::Path("runtime".into()), workflow:false}) { let q=std::path::Path::new(&out).join(&k); std::fs::create_dir_all(q.parent().unwrap()).unwrap(); std::fs::write(q,v).unwrap(); } } }
