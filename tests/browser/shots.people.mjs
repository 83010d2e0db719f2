import { chromium } from '@playwright/test';
const url='http://localhost:18761';
const b=await chromium.launch({executablePath:'/usr/bin/chromium',args:['--no-sandbox']});
const c=await b.newContext({baseURL:url,locale:'en-GB',permissions:['clipboard-write']});
const p=await c.newPage();
p.on('console',m=>/error|warn/.test(m.type())&&console.log(m.type(),m.text()));
p.on('pageerror',e=>console.log('ERR',e.message));
await p.goto('/');
await p.waitForTimeout(1500);
if (await p.getByLabel('Name').count()) {
  await p.getByLabel('Name').fill('Anna Lind'); await p.getByLabel('Email').fill('anna@example.org');
  await p.getByRole('textbox',{name:'Password'}).fill('correct horse battery staple'); await p.getByRole('button',{name:'Create account'}).click();
} else { await p.getByLabel('Email').fill('anna@example.org');
  await p.getByRole('textbox',{name:'Password'}).fill('correct horse battery staple'); await p.getByRole('button',{name:'Sign in'}).click(); }
await p.getByText('Inbox').first().waitFor();
await p.evaluate(async()=>{ const t=await (await fetch('/api/tokens')).json(); if(t.length<2) for (const body of [{name:'Backup script',scope:'read'},{name:'Phone automation <b>',scope:'write',expires_at:new Date(Date.now()+9e9).toISOString()}]) await fetch('/api/tokens',{method:'POST',headers:{'Content-Type':'application/json'},body:JSON.stringify(body)});
 });
const other=await b.newContext({baseURL:url,userAgent:'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1 (KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1'});
await other.request.post('/api/session',{data:{email:'anna@example.org',password:'correct horse battery staple'}});
const only=process.argv[2]?.split(',');
for (const [name,path] of [['general','/settings'],['account','/settings/account'],['tokens','/settings/tokens'],['inbox','/inbox']]) {
  if (only && !only.includes(name)) continue;
  await p.goto(path); await p.waitForTimeout(900);
  for (const [w,scheme,extra] of [[360,'light'],[768,'dark'],[1440,'light'],[1440,'dark'],[1440,'light',{contrast:'more'}],[768,'dark',{contrast:'more'}]].concat(process.argv[3]?[[768,'dark',{forcedColors:'active'}]]:[])) {
    await p.setViewportSize({width:w,height:900}); await p.emulateMedia({colorScheme:scheme,contrast:null,forcedColors:null,...extra}); await p.waitForTimeout(250);
    await p.screenshot({path:`/tmp/people-shots/${name}-${w}-${scheme}${extra?'-'+Object.keys(extra)[0]:''}.png`,fullPage:true});
  }
}
await b.close();
