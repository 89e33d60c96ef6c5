/**
 * A page that shows /openapi.json to a reader: plain HTML and a little script, nothing from elsewhere, because a
 * provincial network has no way out.
 */
export const DOCS_PAGE = `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Central platform API</title>
<style>
body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#1b2733}
code,pre{font:14px/1.45 ui-monospace,monospace}pre{background:#f3f5f8;padding:1rem;overflow:auto;border-radius:6px}
details{border-bottom:1px solid #d9dfe6;padding:.4rem 0}summary{cursor:pointer}b{display:inline-block;min-width:4.5rem;color:#0b5cad}
small{color:#5a6875;margin-left:.5rem}h3{margin:.6rem 0 .2rem}
</style></head><body><h1 id="title"></h1><p id="about"></p><p><a href="/openapi.json">openapi.json</a></p><div id="paths"></div><h2>Schemas</h2><div id="schemas"></div>
<script>
const el=(tag,text)=>{const node=document.createElement(tag);if(text!==undefined)node.textContent=text;return node}
const fold=(title,note,badge)=>{const node=el('details');const head=el('summary');if(badge)head.append(el('b',badge));head.append(el('code',title),el('small',note));node.append(head);return node}
const block=(title,value)=>[el('h3',title),el('pre',JSON.stringify(value,null,2))]
fetch('/openapi.json').then(r=>r.json()).then(doc=>{
title.textContent=doc.info.title+' '+doc.info.version;about.textContent=doc.info.description
for(const[path,operations]of Object.entries(doc.paths))for(const[method,operation]of Object.entries(operations)){
const row=fold(path,operation.summary,method.toUpperCase())
if(operation.parameters)row.append(...block('Parameters',operation.parameters))
if(operation.requestBody)row.append(...block('Request',operation.requestBody.content))
row.append(...block('Responses',operation.responses),el('p',operation.security.length?'Signed (RFC 9421)':'Open'));paths.append(row)}
for(const[name,schema]of Object.entries(doc.components.schemas)){const row=fold(name,'');row.append(el('pre',JSON.stringify(schema,null,2)));schemas.append(row)}})
</script></body></html>`
