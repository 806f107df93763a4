// @ts-nocheck
// Made from schemas/manifest.schema.json by scripts/generate-validators.ts: do not edit.
"use strict";
export const validate: ((data: unknown) => boolean) & { readonly errors?: null | ReadonlyArray<{ readonly instancePath: string; readonly keyword: string; readonly params: Readonly<Record<string, unknown>>; readonly parentSchema: Readonly<Record<string, unknown>>; readonly data: unknown }> } = validate20;

const schema31 = {"$schema":"https://json-schema.org/draft/2020-12/schema","type":"object","required":["tasks"],"additionalProperties":false,"patternProperties":{"^x-":{}},"properties":{"$schema":{"$comment":"schema address","type":"string","examples":["./manifest.schema.json"]},"version":{"$comment":"version of the manifest's format","type":"integer","enum":[1]},"name":{"$comment":"text","type":"string","examples":["auth-review"]},"vars":{"$comment":"map of values","type":"object","examples":[{"audience":"engineers"}]},"context":{"$comment":"text, `{file: …}` or a list of those","examples":["You are a security reviewer."],"type":["string","object","array"],"properties":{"file":{"$ref":"#/$defs/fileName"}},"required":["file"],"additionalProperties":false,"patternProperties":{"^x-":{}},"items":{"$ref":"#/$defs/text"}},"defaults":{"$comment":"map of task fields","examples":[{"model":"anthropic/claude-haiku-5-5","max_tokens":800}],"type":"object","properties":{"model":{"$ref":"#/$defs/model"},"models":{"$ref":"#/$defs/models"},"system":{"$ref":"#/$defs/text"},"attachments":{"$comment":"list of files","examples":[["diagram.png","reports/*.pdf"]],"type":["string","array"],"pattern":"\\S","items":{"$comment":"file name or pattern","type":"string","pattern":"\\S","examples":["diagram.png"]}},"max_tokens":{"$ref":"#/$defs/count"},"temperature":{"$comment":"number from 0 to 2","type":"number","minimum":0,"maximum":2,"examples":[0,0.7]},"top_p":{"$comment":"number from 0 to 1","type":"number","minimum":0,"maximum":1,"examples":[0.9]},"stop":{"$ref":"#/$defs/textOrTexts","examples":["\n\n"]},"reasoning":{"$comment":"reasoning effort","type":"string","enum":["none","minimal","low","medium","high","xhigh","max"]},"schema":{"$comment":"JSON Schema","type":"object","examples":[{"type":"object","properties":{"score":{"type":"integer"}},"required":["score"]}]},"expect":{"$comment":"condition or JSON Schema","type":["string","object"],"pattern":"\\S","examples":["output.confidence > 0.5",{"enum":["billing","refund"]}]},"on_truncated":{"$comment":"way to handle a truncated answer","type":"string","enum":["fail","grow"]},"mode":{"$comment":"mode","type":"string","enum":["realtime","flex","batch","auto"]},"prompt_cache":{"$comment":"`auto`, `off` or a lifetime","type":"string","enum":["auto","off","5m","1h","30m","12h"]},"timeout":{"$ref":"#/$defs/duration","examples":["90s"]},"max_retries":{"$comment":"whole number from 0 to 100","type":"integer","minimum":0,"maximum":100,"examples":[3]},"repeat":{"$comment":"whole number from 1 to 1000","type":"integer","minimum":1,"maximum":1000,"examples":[3]},"if":{"$comment":"condition","type":["string","boolean"],"pattern":"\\S","examples":["needs.triage.output contains \"yes\""]},"tags":{"$comment":"list of tags","type":"array","items":{"$comment":"tag","type":"string","pattern":"^\\S+$","examples":["nightly"]},"examples":[["nightly"]]},"context":{"$comment":"true or false","type":"boolean"},"params":{"$comment":"map of parameters","type":"object","examples":[{"seed":7}]}},"additionalProperties":false,"patternProperties":{"^x-":{}}},"providers":{"$comment":"map of providers","type":"object","additionalProperties":{"$ref":"#/$defs/provider"},"patternProperties":{"^x-":{}},"examples":[{"anthropic":{"limits":{"rpm":50}}}]},"run":{"$comment":"map of run settings","examples":[{"max_concurrent":16}],"type":"object","properties":{"max_concurrent":{"$comment":"whole number from 1 to 10000","type":"integer","minimum":1,"maximum":10000,"examples":[16]},"fail_fast":{"$comment":"true or false","type":"boolean"},"timeout":{"$ref":"#/$defs/duration","examples":["2h"]},"mode":{"$comment":"mode","type":"string","enum":["realtime","flex","batch","auto"]},"deadline":{"$ref":"#/$defs/duration","examples":["6h"]}},"additionalProperties":false,"patternProperties":{"^x-":{}}},"budget":{"$comment":"map of cost limits","type":"object","properties":{"max_cost_usd":{"$comment":"amount in US dollars","type":"number","minimum":0,"maximum":1000000,"examples":[5]},"max_task_cost_usd":{"$comment":"amount in US dollars","type":"number","minimum":0,"maximum":1000000,"examples":[0.1]}},"additionalProperties":false,"patternProperties":{"^x-":{}},"examples":[{"max_cost_usd":5}]},"prices":{"$comment":"map of prices","type":"object","patternProperties":{"^x-[^/]*$":{}},"additionalProperties":{"$ref":"#/$defs/price"},"examples":[{"local/qwen3":{"input":0,"output":0}}]},"tasks":{"$comment":"list of tasks","type":"array","items":{"$ref":"#/$defs/task"},"examples":[["What is 2+2?"]]},"results":{"$comment":"map of result settings","type":"object","additionalProperties":false,"patternProperties":{"^x-":{}},"properties":{"include":{"$comment":"list of `item` and `prompt`","type":"array","items":{"$comment":"part of a record","type":"string","enum":["item","prompt"]},"examples":[["item","prompt"]]}},"examples":[{"include":["item"]}]},"batch":{"$comment":"map of batch settings","examples":[{"leftovers":"batch"}],"type":"object","properties":{"leftovers":{"$comment":"mode","type":"string","enum":["realtime","batch"]},"min_rows":{"$comment":"whole number from 1 to 10000","type":"integer","minimum":1,"maximum":10000,"examples":[50]},"keep_files":{"$comment":"true or false","type":"boolean"}},"additionalProperties":false,"patternProperties":{"^x-":{}}},"response_cache":{"$comment":"map of cache settings","examples":[{"dir":".cache/volley","ttl":"7d"}],"type":"object","properties":{"dir":{"$comment":"folder name","type":"string","pattern":"\\S","examples":[".cache/volley"]},"ttl":{"$comment":"duration","$ref":"#/$defs/duration"}},"additionalProperties":false,"patternProperties":{"^x-":{}}},"output":{"$comment":"file name","type":"string","pattern":"\\S","examples":["results.jsonl"]}},"$defs":{"task":{"$comment":"text or a map of task fields","examples":["What is 2+2?"],"type":["string","object"],"anyOf":[{"required":["prompt"]},{"required":["messages"]}],"properties":{"id":{"$ref":"#/$defs/taskId"},"description":{"$comment":"text","type":"string","examples":["Finds bugs in each file"]},"prompt":{"$ref":"#/$defs/text","examples":["Summarize {{ item.text }} in one sentence.","Review {{ item.path }}:\n{{ item.text }}"]},"messages":{"$comment":"list of messages","type":"array","minItems":1,"items":{"$comment":"message `{role, content}`","type":"object","required":["role","content"],"additionalProperties":false,"patternProperties":{"^x-":{}},"properties":{"role":{"$comment":"role","type":"string","enum":["user","assistant"]},"content":{"$ref":"#/$defs/text"}},"examples":[{"role":"user","content":"2+2?"}]},"examples":[[{"role":"user","content":"2+2?"},{"role":"assistant","content":"4"},{"role":"user","content":"{{ item }}"}]]},"model":{"$ref":"#/$defs/model"},"models":{"$ref":"#/$defs/models"},"system":{"$ref":"#/$defs/text"},"attachments":{"$comment":"list of files","examples":[["diagram.png","reports/*.pdf"]],"type":["string","array"],"pattern":"\\S","items":{"$comment":"file name or pattern","type":"string","pattern":"\\S","examples":["diagram.png"]}},"max_tokens":{"$ref":"#/$defs/count"},"temperature":{"$comment":"number from 0 to 2","type":"number","minimum":0,"maximum":2,"examples":[0,0.7]},"top_p":{"$comment":"number from 0 to 1","type":"number","minimum":0,"maximum":1,"examples":[0.9]},"stop":{"$ref":"#/$defs/textOrTexts","examples":["\n\n"]},"reasoning":{"$comment":"reasoning effort","type":"string","enum":["none","minimal","low","medium","high","xhigh","max"]},"schema":{"$comment":"JSON Schema","type":"object","examples":[{"type":"object","properties":{"score":{"type":"integer"}},"required":["score"]}]},"expect":{"$comment":"condition or JSON Schema","type":["string","object"],"pattern":"\\S","examples":["output.confidence > 0.5",{"enum":["billing","refund"]}]},"on_truncated":{"$comment":"way to handle a truncated answer","type":"string","enum":["fail","grow"]},"mode":{"$comment":"mode","type":"string","enum":["realtime","flex","batch","auto"]},"prompt_cache":{"$comment":"`auto`, `off` or a lifetime","type":"string","enum":["auto","off","5m","1h","30m","12h"]},"timeout":{"$ref":"#/$defs/duration","examples":["90s"]},"max_retries":{"$comment":"whole number from 0 to 100","type":"integer","minimum":0,"maximum":100,"examples":[3]},"for_each":{"$ref":"#/$defs/forEach"},"matrix":{"$ref":"#/$defs/matrix"},"repeat":{"$comment":"whole number from 1 to 1000","type":"integer","minimum":1,"maximum":1000,"examples":[3]},"needs":{"$comment":"list of task ids","examples":[["review"]],"type":["string","array"],"items":{"$ref":"#/$defs/need"}},"if":{"$comment":"condition","type":["string","boolean"],"pattern":"\\S","examples":["needs.triage.output contains \"yes\""]},"tags":{"$comment":"list of tags","type":"array","items":{"$comment":"tag","type":"string","pattern":"^\\S+$","examples":["nightly"]},"examples":[["nightly"]]},"context":{"$comment":"true or false","type":"boolean"},"params":{"$comment":"map of parameters","type":"object","examples":[{"seed":7}]}},"additionalProperties":false,"patternProperties":{"^x-":{}}},"taskId":{"$comment":"task id","type":"string","pattern":"^[A-Za-z0-9_][A-Za-z0-9_.-]*$","examples":["review"]},"models":{"$comment":"list of models","type":"array","minItems":1,"items":{"$ref":"#/$defs/modelName"},"examples":[["anthropic/claude-haiku-5-5","openai/gpt-6.1-sol"]]},"modelName":{"$comment":"model","type":"string","pattern":"^[^/\\s]+/\\S+$","examples":["anthropic/claude-haiku-5-5"]},"model":{"$comment":"model","examples":["anthropic/claude-haiku-5-5","openai/gpt-6.1-sol","mock/echo"],"type":["string","array"],"pattern":"^[^/\\s]+/\\S+$","items":{"$ref":"#/$defs/modelName"},"minItems":1},"text":{"$comment":"text or `{file: …}`","type":["string","object"],"properties":{"file":{"$ref":"#/$defs/fileName"}},"required":["file"],"additionalProperties":false,"patternProperties":{"^x-":{}}},"fileName":{"$comment":"file name","type":"string","pattern":"\\S","examples":["prompts/review.md"]},"textOrTexts":{"$comment":"text or a list of strings","examples":["END",["END","STOP"]],"type":["string","array"],"items":{"$comment":"text","type":"string","examples":["END"]}},"duration":{"$comment":"duration","type":"string","pattern":"^(?=.)(\\d+(\\.\\d+)?d)?(\\d+(\\.\\d+)?h)?(\\d+(\\.\\d+)?m)?(\\d+(\\.\\d+)?s)?(\\d+(\\.\\d+)?ms)?$","examples":["90s","500ms","2m","1h30m"]},"count":{"$comment":"count","type":["integer","string"],"minimum":1,"pattern":"^\\d[\\d_]*(\\.\\d+)?[kKmM]?$","examples":[800,"30k","1.5M"]},"need":{"$comment":"task id or `{id, allow_failed}`","examples":[{"id":"review","allow_failed":true}],"type":["string","object"],"properties":{"id":{"$comment":"task id","type":"string","examples":["review"]},"allow_failed":{"$comment":"true or false","type":"boolean"}},"required":["id"],"additionalProperties":false,"patternProperties":{"^x-":{}}},"forEach":{"$comment":"list of rows, `{glob: …}`, `{file: …}`, `{files: …}` or `{needs: …}`","examples":[{"glob":"src/**/*.ts"}],"type":["array","object"],"properties":{"glob":{"$comment":"pattern or a list of patterns","examples":["src/**/*.ts"],"type":["string","array"],"items":{"$comment":"pattern","type":"string","examples":["src/**/*.ts"]}},"file":{"$comment":"file name","type":"string","pattern":"\\S","examples":["rows.csv"]},"files":{"$comment":"file of paths or a list of paths","examples":["changed.txt"],"type":["string","array"],"pattern":"\\S","items":{"$comment":"path","type":"string","pattern":"\\S","examples":["src/auth.ts"]}},"needs":{"$comment":"task id","type":"string","examples":["review"]},"format":{"$comment":"file format","type":"string","enum":["csv","tsv","jsonl","json","yaml","parquet","lines"]},"delimiter":{"$comment":"delimiter","type":"string","enum":[",",";","\t","|"]},"encoding":{"$comment":"encoding","type":"string","enum":["utf-8","utf-16","windows-1252"]},"key":{"$comment":"column name","type":"string","pattern":"\\S","examples":["id"]}},"additionalProperties":false,"patternProperties":{"^x-":{}}},"matrix":{"$comment":"map of lists","type":"object","properties":{"include":{"$comment":"list of combinations","type":"array","items":{"$comment":"map of values","type":"object","examples":[{"lens":"style"}]},"examples":[[{"lens":"style"}]]},"exclude":{"$comment":"list of combinations","type":"array","items":{"$comment":"map of values","type":"object","examples":[{"lens":"style"}]},"examples":[[{"lens":"style"}]]}},"patternProperties":{"^x-":{}},"additionalProperties":{"$comment":"list of values","type":"array","examples":[["bugs","style"]]},"examples":[{"lens":["bugs","style"]}]},"provider":{"$comment":"map of provider settings","type":"object","properties":{"type":{"$comment":"wire format","type":"string","enum":["anthropic","openai","azure","bedrock","vertex","mock"]},"region":{"$comment":"region","type":"string","pattern":"^[a-z0-9-]{2,40}$","examples":["us-east-1"]},"project":{"$comment":"project","type":"string","pattern":"^[a-z0-9.:-]{1,100}$","examples":["my-project"]},"base_url":{"$comment":"address","type":"string","examples":["http://127.0.0.1:11434/v1"]},"base_url_env":{"$ref":"#/$defs/variable","examples":["LOCAL_LLM_URL"]},"api_key_env":{"$ref":"#/$defs/variable","examples":["LOCAL_LLM_KEY"]},"api":{"$comment":"OpenAI API","type":"string","enum":["responses","chat"]},"api_version":{"$comment":"text","type":"string","pattern":"^[A-Za-z0-9._-]+$","examples":["2023-06-01"]},"auth":{"$comment":"way to send the key","type":"string","enum":["bearer","x-api-key","api-key","none"]},"headers":{"$comment":"map of headers","type":"object","maxProperties":50,"propertyNames":{"$ref":"#/$defs/headerName"},"additionalProperties":{"$comment":"text on one line","type":"string","pattern":"^[ -~]{0,4096}$","examples":["team-a"]},"examples":[{"x-team":"reviews"}]},"headers_env":{"$comment":"map of headers","type":"object","maxProperties":50,"propertyNames":{"$ref":"#/$defs/headerName"},"additionalProperties":{"$ref":"#/$defs/variable","examples":["GATEWAY_TOKEN"]},"examples":[{"cf-aig-authorization":"GATEWAY_TOKEN"}]},"query":{"$comment":"map of parameters","type":"object","maxProperties":50,"propertyNames":{"$comment":"name of a parameter","pattern":"^[A-Za-z][A-Za-z0-9._-]*$","examples":["api-version"]},"patternProperties":{"^x-":{}},"additionalProperties":{"$comment":"text on one line","type":"string","pattern":"^[ -~]{0,4096}$","examples":["2026-10-21"]},"examples":[{"api-version":"2026-10-21"}]},"max_tokens_field":{"$comment":"field name","type":"string","enum":["max_tokens","max_completion_tokens","max_output_tokens","max_new_tokens"]},"stream":{"$comment":"stream setting","type":"string","enum":["auto","always","never"]},"structured_output":{"$comment":"way to send a schema","type":"string","enum":["native","prompt"]},"attachments":{"$comment":"kind of attachments","type":"string","enum":["none","images","all"]},"limits":{"$ref":"#/$defs/limits"},"models":{"$comment":"map of models","type":"object","patternProperties":{"^x-":{}},"additionalProperties":{"$comment":"map of model settings","type":"object","examples":[{"limits":{"rpm":50}}],"properties":{"limits":{"$ref":"#/$defs/limits"},"max_tokens":{"$ref":"#/$defs/count","examples":["64k"]}},"additionalProperties":false,"patternProperties":{"^x-":{}}},"examples":[{"claude-haiku-5-5":{"limits":{"itpm":"50k"}}}]},"batch":{"$comment":"true or false","type":"boolean"},"flex":{"$comment":"true or false","type":"boolean"},"mock":{"$ref":"#/$defs/mock"}},"additionalProperties":false,"patternProperties":{"^x-":{}},"examples":[{"limits":{"rpm":50}}]},"price":{"$comment":"price","type":"object","required":["input","output"],"properties":{"input":{"$comment":"price in US dollars per million tokens","type":"number","minimum":0,"maximum":1000000,"examples":[2]},"output":{"$comment":"price in US dollars per million tokens","type":"number","minimum":0,"maximum":1000000,"examples":[10]},"cache_read":{"$comment":"price in US dollars per million tokens","type":"number","minimum":0,"maximum":1000000,"examples":[0.2]},"cache_write":{"$comment":"price in US dollars per million tokens","type":"number","minimum":0,"maximum":1000000,"examples":[2.5]},"cache_write_1h":{"$comment":"price in US dollars per million tokens","type":"number","minimum":0,"maximum":1000000,"examples":[4]},"batch":{"$comment":"factor","type":"number","minimum":0,"maximum":100,"examples":[0.5]},"flex":{"$comment":"factor","type":"number","minimum":0,"maximum":100,"examples":[0.5]},"fast":{"$comment":"factor","type":"number","minimum":0,"maximum":100,"examples":[2]},"above":{"$comment":"map of long-prompt prices","type":"object","additionalProperties":{"$comment":"map of prices","type":"object","minProperties":1,"properties":{"input":{"$comment":"price in US dollars per million tokens","type":"number","minimum":0,"maximum":1000000,"examples":[2]},"output":{"$comment":"price in US dollars per million tokens","type":"number","minimum":0,"maximum":1000000,"examples":[10]},"cache_read":{"$comment":"price in US dollars per million tokens","type":"number","minimum":0,"maximum":1000000,"examples":[0.2]},"cache_write":{"$comment":"price in US dollars per million tokens","type":"number","minimum":0,"maximum":1000000,"examples":[2.5]},"cache_write_1h":{"$comment":"price in US dollars per million tokens","type":"number","minimum":0,"maximum":1000000,"examples":[4]}},"additionalProperties":false,"patternProperties":{"^x-":{}},"examples":[{"input":4,"output":15}]},"examples":[{"272000":{"input":4,"output":15}}]}},"additionalProperties":false,"patternProperties":{"^x-":{}},"examples":[{"input":2,"output":10}]},"headerName":{"$comment":"name of a header","type":"string","pattern":"^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,200}$","examples":["X-Team"]},"variable":{"$comment":"name of an environment variable","type":"string","pattern":"^[A-Za-z_][A-Za-z0-9_]*$"},"limits":{"$comment":"map of limits","type":"object","properties":{"rpm":{"$ref":"#/$defs/count","examples":[50]},"rps":{"$ref":"#/$defs/rate","examples":[2]},"rpd":{"$ref":"#/$defs/count","examples":["10k"]},"tpm":{"$ref":"#/$defs/count","examples":["200k"]},"itpm":{"$ref":"#/$defs/count","examples":["30k"]},"otpm":{"$ref":"#/$defs/count","examples":["8k"]},"concurrency":{"$comment":"whole number or `{start, max}`","examples":[8,{"start":4,"max":32}],"type":["integer","object"],"minimum":1,"maximum":10000,"properties":{"start":{"$comment":"whole number from 1 to 10000","type":"integer","minimum":1,"maximum":10000,"examples":[4]},"max":{"$comment":"whole number from 1 to 10000","type":"integer","minimum":1,"maximum":10000,"examples":[32]}},"required":["start","max"],"additionalProperties":false,"patternProperties":{"^x-":{}}}},"additionalProperties":false,"patternProperties":{"^x-":{}},"examples":[{"rpm":50,"itpm":"30k","concurrency":8}]},"rate":{"$comment":"number above 0","type":"number","examples":[0.5,10],"exclusiveMinimum":0,"maximum":1000000},"mock":{"$comment":"map of mock settings","examples":[{"seed":7,"latency":["200ms","2s"]}],"type":"object","properties":{"seed":{"$comment":"whole number","type":"integer","minimum":0,"maximum":4294967295,"examples":[7]},"latency":{"$comment":"duration or `[min, max]`","examples":["300ms",["200ms","2s"]],"type":["string","array"],"items":{"$ref":"#/$defs/duration"},"minItems":2,"maxItems":2},"output_tokens":{"$comment":"count or `[min, max]`","examples":[120,[50,200]],"type":["integer","string","array"],"minimum":1,"items":{"$ref":"#/$defs/count"},"minItems":2,"maxItems":2},"missing_usage":{"$comment":"number from 0 to 1","type":"number","minimum":0,"maximum":1,"examples":[0.1]},"errors":{"$comment":"list of `{status, rate}`","type":"array","items":{"$comment":"`{status, rate}`","type":"object","properties":{"status":{"$comment":"HTTP status from 400 to 599","type":"integer","minimum":400,"maximum":599,"examples":[429]},"rate":{"$comment":"number from 0 to 1","type":"number","minimum":0,"maximum":1,"examples":[0.05]}},"required":["status","rate"],"additionalProperties":false,"patternProperties":{"^x-":{}},"examples":[{"status":429,"rate":0.05}]},"examples":[[{"status":429,"rate":0.05}]]},"batch":{"$comment":"map of batch settings","examples":[{"duration":"2s"}],"type":"object","properties":{"duration":{"$comment":"duration or `[min, max]`","examples":["2s",["1s","1m"]],"type":["string","array"],"items":{"$ref":"#/$defs/duration"},"minItems":2,"maxItems":2},"expired":{"$comment":"number from 0 to 1","type":"number","minimum":0,"maximum":1,"examples":[0.05]}},"additionalProperties":false,"patternProperties":{"^x-":{}}},"answer":{"$comment":"text","type":"string","examples":["42"]}},"additionalProperties":false,"patternProperties":{"^x-":{}}}}};
const schema33 = {"$comment":"file name","type":"string","pattern":"\\S","examples":["prompts/review.md"]};
const schema39 = {"$comment":"count","type":["integer","string"],"minimum":1,"pattern":"^\\d[\\d_]*(\\.\\d+)?[kKmM]?$","examples":[800,"30k","1.5M"]};
const schema40 = {"$comment":"text or a list of strings","examples":["END",["END","STOP"]],"type":["string","array"],"items":{"$comment":"text","type":"string","examples":["END"]}};
const schema41 = {"$comment":"duration","type":"string","pattern":"^(?=.)(\\d+(\\.\\d+)?d)?(\\d+(\\.\\d+)?h)?(\\d+(\\.\\d+)?m)?(\\d+(\\.\\d+)?s)?(\\d+(\\.\\d+)?ms)?$","examples":["90s","500ms","2m","1h30m"]};
const schema62 = {"$comment":"price","type":"object","required":["input","output"],"properties":{"input":{"$comment":"price in US dollars per million tokens","type":"number","minimum":0,"maximum":1000000,"examples":[2]},"output":{"$comment":"price in US dollars per million tokens","type":"number","minimum":0,"maximum":1000000,"examples":[10]},"cache_read":{"$comment":"price in US dollars per million tokens","type":"number","minimum":0,"maximum":1000000,"examples":[0.2]},"cache_write":{"$comment":"price in US dollars per million tokens","type":"number","minimum":0,"maximum":1000000,"examples":[2.5]},"cache_write_1h":{"$comment":"price in US dollars per million tokens","type":"number","minimum":0,"maximum":1000000,"examples":[4]},"batch":{"$comment":"factor","type":"number","minimum":0,"maximum":100,"examples":[0.5]},"flex":{"$comment":"factor","type":"number","minimum":0,"maximum":100,"examples":[0.5]},"fast":{"$comment":"factor","type":"number","minimum":0,"maximum":100,"examples":[2]},"above":{"$comment":"map of long-prompt prices","type":"object","additionalProperties":{"$comment":"map of prices","type":"object","minProperties":1,"properties":{"input":{"$comment":"price in US dollars per million tokens","type":"number","minimum":0,"maximum":1000000,"examples":[2]},"output":{"$comment":"price in US dollars per million tokens","type":"number","minimum":0,"maximum":1000000,"examples":[10]},"cache_read":{"$comment":"price in US dollars per million tokens","type":"number","minimum":0,"maximum":1000000,"examples":[0.2]},"cache_write":{"$comment":"price in US dollars per million tokens","type":"number","minimum":0,"maximum":1000000,"examples":[2.5]},"cache_write_1h":{"$comment":"price in US dollars per million tokens","type":"number","minimum":0,"maximum":1000000,"examples":[4]}},"additionalProperties":false,"patternProperties":{"^x-":{}},"examples":[{"input":4,"output":15}]},"examples":[{"272000":{"input":4,"output":15}}]}},"additionalProperties":false,"patternProperties":{"^x-":{}},"examples":[{"input":2,"output":10}]};
const func1 = Object.prototype.hasOwnProperty;
const pattern4 = new RegExp("^x-", "u");
const pattern6 = new RegExp("\\S", "u");
const pattern15 = new RegExp("^\\d[\\d_]*(\\.\\d+)?[kKmM]?$", "u");
const pattern17 = new RegExp("^(?=.)(\\d+(\\.\\d+)?d)?(\\d+(\\.\\d+)?h)?(\\d+(\\.\\d+)?m)?(\\d+(\\.\\d+)?s)?(\\d+(\\.\\d+)?ms)?$", "u");
const pattern19 = new RegExp("^\\S+$", "u");
const pattern54 = new RegExp("^x-[^/]*$", "u");
const schema32 = {"$comment":"text or `{file: …}`","type":["string","object"],"properties":{"file":{"$ref":"#/$defs/fileName"}},"required":["file"],"additionalProperties":false,"patternProperties":{"^x-":{}}};

function validate21(data, {instancePath="", parentData, parentDataProperty, rootData=data, dynamicAnchors={}}={}){
let vErrors = null;
let errors = 0;
const evaluated0 = validate21.evaluated;
if(evaluated0.dynamicProps){
evaluated0.props = undefined;
}
if(evaluated0.dynamicItems){
evaluated0.items = undefined;
}
if((typeof data !== "string") && (!(data && typeof data == "object" && !Array.isArray(data)))){
const err0 = {instancePath,schemaPath:"#/type",keyword:"type",params:{type: schema32.type},message:"must be string,object",schema:schema32.type,parentSchema:schema32,data};
if(vErrors === null){
vErrors = [err0];
}
else {
vErrors.push(err0);
}
errors++;
}
if(data && typeof data == "object" && !Array.isArray(data)){
if(data.file === undefined){
const err1 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "file"},message:"must have required property '"+"file"+"'",schema:schema32.required,parentSchema:schema32,data};
if(vErrors === null){
vErrors = [err1];
}
else {
vErrors.push(err1);
}
errors++;
}
for(const key0 in data){
if(!((key0 === "file") || (pattern4.test(key0)))){
const err2 = {instancePath,schemaPath:"#/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key0},message:"must NOT have additional properties",schema:false,parentSchema:schema32,data};
if(vErrors === null){
vErrors = [err2];
}
else {
vErrors.push(err2);
}
errors++;
}
}
if(data.file !== undefined){
let data0 = data.file;
if(typeof data0 === "string"){
if(!pattern6.test(data0)){
const err3 = {instancePath:instancePath+"/file",schemaPath:"#/$defs/fileName/pattern",keyword:"pattern",params:{pattern: "\\S"},message:"must match pattern \""+"\\S"+"\"",schema:"\\S",parentSchema:schema33,data:data0};
if(vErrors === null){
vErrors = [err3];
}
else {
vErrors.push(err3);
}
errors++;
}
}
else {
const err4 = {instancePath:instancePath+"/file",schemaPath:"#/$defs/fileName/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema33.type,parentSchema:schema33,data:data0};
if(vErrors === null){
vErrors = [err4];
}
else {
vErrors.push(err4);
}
errors++;
}
}
}
validate21.errors = vErrors;
return errors === 0;
}
validate21.evaluated = {"props":true,"dynamicProps":false,"dynamicItems":false};

const schema35 = {"$comment":"model","examples":["anthropic/claude-haiku-5-5","openai/gpt-6.1-sol","mock/echo"],"type":["string","array"],"pattern":"^[^/\\s]+/\\S+$","items":{"$ref":"#/$defs/modelName"},"minItems":1};
const schema36 = {"$comment":"model","type":"string","pattern":"^[^/\\s]+/\\S+$","examples":["anthropic/claude-haiku-5-5"]};
const pattern10 = new RegExp("^[^/\\s]+/\\S+$", "u");

function validate23(data, {instancePath="", parentData, parentDataProperty, rootData=data, dynamicAnchors={}}={}){
let vErrors = null;
let errors = 0;
const evaluated0 = validate23.evaluated;
if(evaluated0.dynamicProps){
evaluated0.props = undefined;
}
if(evaluated0.dynamicItems){
evaluated0.items = undefined;
}
if((typeof data !== "string") && (!(Array.isArray(data)))){
const err0 = {instancePath,schemaPath:"#/type",keyword:"type",params:{type: schema35.type},message:"must be string,array",schema:schema35.type,parentSchema:schema35,data};
if(vErrors === null){
vErrors = [err0];
}
else {
vErrors.push(err0);
}
errors++;
}
if(typeof data === "string"){
if(!pattern10.test(data)){
const err1 = {instancePath,schemaPath:"#/pattern",keyword:"pattern",params:{pattern: "^[^/\\s]+/\\S+$"},message:"must match pattern \""+"^[^/\\s]+/\\S+$"+"\"",schema:"^[^/\\s]+/\\S+$",parentSchema:schema35,data};
if(vErrors === null){
vErrors = [err1];
}
else {
vErrors.push(err1);
}
errors++;
}
}
if(Array.isArray(data)){
if(data.length < 1){
const err2 = {instancePath,schemaPath:"#/minItems",keyword:"minItems",params:{limit: 1},message:"must NOT have fewer than 1 items",schema:1,parentSchema:schema35,data};
if(vErrors === null){
vErrors = [err2];
}
else {
vErrors.push(err2);
}
errors++;
}
const len0 = data.length;
for(let i0=0; i0<len0; i0++){
let data0 = data[i0];
if(typeof data0 === "string"){
if(!pattern10.test(data0)){
const err3 = {instancePath:instancePath+"/" + i0,schemaPath:"#/$defs/modelName/pattern",keyword:"pattern",params:{pattern: "^[^/\\s]+/\\S+$"},message:"must match pattern \""+"^[^/\\s]+/\\S+$"+"\"",schema:"^[^/\\s]+/\\S+$",parentSchema:schema36,data:data0};
if(vErrors === null){
vErrors = [err3];
}
else {
vErrors.push(err3);
}
errors++;
}
}
else {
const err4 = {instancePath:instancePath+"/" + i0,schemaPath:"#/$defs/modelName/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema36.type,parentSchema:schema36,data:data0};
if(vErrors === null){
vErrors = [err4];
}
else {
vErrors.push(err4);
}
errors++;
}
}
}
validate23.errors = vErrors;
return errors === 0;
}
validate23.evaluated = {"items":true,"dynamicProps":false,"dynamicItems":false};

const schema37 = {"$comment":"list of models","type":"array","minItems":1,"items":{"$ref":"#/$defs/modelName"},"examples":[["anthropic/claude-haiku-5-5","openai/gpt-6.1-sol"]]};

function validate25(data, {instancePath="", parentData, parentDataProperty, rootData=data, dynamicAnchors={}}={}){
let vErrors = null;
let errors = 0;
const evaluated0 = validate25.evaluated;
if(evaluated0.dynamicProps){
evaluated0.props = undefined;
}
if(evaluated0.dynamicItems){
evaluated0.items = undefined;
}
if(Array.isArray(data)){
if(data.length < 1){
const err0 = {instancePath,schemaPath:"#/minItems",keyword:"minItems",params:{limit: 1},message:"must NOT have fewer than 1 items",schema:1,parentSchema:schema37,data};
if(vErrors === null){
vErrors = [err0];
}
else {
vErrors.push(err0);
}
errors++;
}
const len0 = data.length;
for(let i0=0; i0<len0; i0++){
let data0 = data[i0];
if(typeof data0 === "string"){
if(!pattern10.test(data0)){
const err1 = {instancePath:instancePath+"/" + i0,schemaPath:"#/$defs/modelName/pattern",keyword:"pattern",params:{pattern: "^[^/\\s]+/\\S+$"},message:"must match pattern \""+"^[^/\\s]+/\\S+$"+"\"",schema:"^[^/\\s]+/\\S+$",parentSchema:schema36,data:data0};
if(vErrors === null){
vErrors = [err1];
}
else {
vErrors.push(err1);
}
errors++;
}
}
else {
const err2 = {instancePath:instancePath+"/" + i0,schemaPath:"#/$defs/modelName/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema36.type,parentSchema:schema36,data:data0};
if(vErrors === null){
vErrors = [err2];
}
else {
vErrors.push(err2);
}
errors++;
}
}
}
else {
const err3 = {instancePath,schemaPath:"#/type",keyword:"type",params:{type: "array"},message:"must be array",schema:schema37.type,parentSchema:schema37,data};
if(vErrors === null){
vErrors = [err3];
}
else {
vErrors.push(err3);
}
errors++;
}
validate25.errors = vErrors;
return errors === 0;
}
validate25.evaluated = {"items":true,"dynamicProps":false,"dynamicItems":false};

const schema42 = {"$comment":"map of provider settings","type":"object","properties":{"type":{"$comment":"wire format","type":"string","enum":["anthropic","openai","azure","bedrock","vertex","mock"]},"region":{"$comment":"region","type":"string","pattern":"^[a-z0-9-]{2,40}$","examples":["us-east-1"]},"project":{"$comment":"project","type":"string","pattern":"^[a-z0-9.:-]{1,100}$","examples":["my-project"]},"base_url":{"$comment":"address","type":"string","examples":["http://127.0.0.1:11434/v1"]},"base_url_env":{"$ref":"#/$defs/variable","examples":["LOCAL_LLM_URL"]},"api_key_env":{"$ref":"#/$defs/variable","examples":["LOCAL_LLM_KEY"]},"api":{"$comment":"OpenAI API","type":"string","enum":["responses","chat"]},"api_version":{"$comment":"text","type":"string","pattern":"^[A-Za-z0-9._-]+$","examples":["2023-06-01"]},"auth":{"$comment":"way to send the key","type":"string","enum":["bearer","x-api-key","api-key","none"]},"headers":{"$comment":"map of headers","type":"object","maxProperties":50,"propertyNames":{"$ref":"#/$defs/headerName"},"additionalProperties":{"$comment":"text on one line","type":"string","pattern":"^[ -~]{0,4096}$","examples":["team-a"]},"examples":[{"x-team":"reviews"}]},"headers_env":{"$comment":"map of headers","type":"object","maxProperties":50,"propertyNames":{"$ref":"#/$defs/headerName"},"additionalProperties":{"$ref":"#/$defs/variable","examples":["GATEWAY_TOKEN"]},"examples":[{"cf-aig-authorization":"GATEWAY_TOKEN"}]},"query":{"$comment":"map of parameters","type":"object","maxProperties":50,"propertyNames":{"$comment":"name of a parameter","pattern":"^[A-Za-z][A-Za-z0-9._-]*$","examples":["api-version"]},"patternProperties":{"^x-":{}},"additionalProperties":{"$comment":"text on one line","type":"string","pattern":"^[ -~]{0,4096}$","examples":["2026-10-21"]},"examples":[{"api-version":"2026-10-21"}]},"max_tokens_field":{"$comment":"field name","type":"string","enum":["max_tokens","max_completion_tokens","max_output_tokens","max_new_tokens"]},"stream":{"$comment":"stream setting","type":"string","enum":["auto","always","never"]},"structured_output":{"$comment":"way to send a schema","type":"string","enum":["native","prompt"]},"attachments":{"$comment":"kind of attachments","type":"string","enum":["none","images","all"]},"limits":{"$ref":"#/$defs/limits"},"models":{"$comment":"map of models","type":"object","patternProperties":{"^x-":{}},"additionalProperties":{"$comment":"map of model settings","type":"object","examples":[{"limits":{"rpm":50}}],"properties":{"limits":{"$ref":"#/$defs/limits"},"max_tokens":{"$ref":"#/$defs/count","examples":["64k"]}},"additionalProperties":false,"patternProperties":{"^x-":{}}},"examples":[{"claude-haiku-5-5":{"limits":{"itpm":"50k"}}}]},"batch":{"$comment":"true or false","type":"boolean"},"flex":{"$comment":"true or false","type":"boolean"},"mock":{"$ref":"#/$defs/mock"}},"additionalProperties":false,"patternProperties":{"^x-":{}},"examples":[{"limits":{"rpm":50}}]};
const schema43 = {"$comment":"name of an environment variable","type":"string","pattern":"^[A-Za-z_][A-Za-z0-9_]*$"};
const schema45 = {"$comment":"name of a header","type":"string","pattern":"^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,200}$","examples":["X-Team"]};
const pattern22 = new RegExp("^[a-z0-9-]{2,40}$", "u");
const pattern23 = new RegExp("^[a-z0-9.:-]{1,100}$", "u");
const pattern24 = new RegExp("^[A-Za-z_][A-Za-z0-9_]*$", "u");
const pattern26 = new RegExp("^[A-Za-z0-9._-]+$", "u");
const pattern27 = new RegExp("^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,200}$", "u");
const pattern28 = new RegExp("^[ -~]{0,4096}$", "u");
const pattern31 = new RegExp("^[A-Za-z][A-Za-z0-9._-]*$", "u");
const schema48 = {"$comment":"map of limits","type":"object","properties":{"rpm":{"$ref":"#/$defs/count","examples":[50]},"rps":{"$ref":"#/$defs/rate","examples":[2]},"rpd":{"$ref":"#/$defs/count","examples":["10k"]},"tpm":{"$ref":"#/$defs/count","examples":["200k"]},"itpm":{"$ref":"#/$defs/count","examples":["30k"]},"otpm":{"$ref":"#/$defs/count","examples":["8k"]},"concurrency":{"$comment":"whole number or `{start, max}`","examples":[8,{"start":4,"max":32}],"type":["integer","object"],"minimum":1,"maximum":10000,"properties":{"start":{"$comment":"whole number from 1 to 10000","type":"integer","minimum":1,"maximum":10000,"examples":[4]},"max":{"$comment":"whole number from 1 to 10000","type":"integer","minimum":1,"maximum":10000,"examples":[32]}},"required":["start","max"],"additionalProperties":false,"patternProperties":{"^x-":{}}}},"additionalProperties":false,"patternProperties":{"^x-":{}},"examples":[{"rpm":50,"itpm":"30k","concurrency":8}]};
const schema50 = {"$comment":"number above 0","type":"number","examples":[0.5,10],"exclusiveMinimum":0,"maximum":1000000};

function validate29(data, {instancePath="", parentData, parentDataProperty, rootData=data, dynamicAnchors={}}={}){
let vErrors = null;
let errors = 0;
const evaluated0 = validate29.evaluated;
if(evaluated0.dynamicProps){
evaluated0.props = undefined;
}
if(evaluated0.dynamicItems){
evaluated0.items = undefined;
}
if(data && typeof data == "object" && !Array.isArray(data)){
for(const key0 in data){
if(!((((((((key0 === "rpm") || (key0 === "rps")) || (key0 === "rpd")) || (key0 === "tpm")) || (key0 === "itpm")) || (key0 === "otpm")) || (key0 === "concurrency")) || (pattern4.test(key0)))){
const err0 = {instancePath,schemaPath:"#/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key0},message:"must NOT have additional properties",schema:false,parentSchema:schema48,data};
if(vErrors === null){
vErrors = [err0];
}
else {
vErrors.push(err0);
}
errors++;
}
}
if(data.rpm !== undefined){
let data0 = data.rpm;
if((!(((typeof data0 == "number") && (!(data0 % 1) && !isNaN(data0))) && (isFinite(data0)))) && (typeof data0 !== "string")){
const err1 = {instancePath:instancePath+"/rpm",schemaPath:"#/$defs/count/type",keyword:"type",params:{type: schema39.type},message:"must be integer,string",schema:schema39.type,parentSchema:schema39,data:data0};
if(vErrors === null){
vErrors = [err1];
}
else {
vErrors.push(err1);
}
errors++;
}
if((typeof data0 == "number") && (isFinite(data0))){
if(data0 < 1 || isNaN(data0)){
const err2 = {instancePath:instancePath+"/rpm",schemaPath:"#/$defs/count/minimum",keyword:"minimum",params:{comparison: ">=", limit: 1},message:"must be >= 1",schema:1,parentSchema:schema39,data:data0};
if(vErrors === null){
vErrors = [err2];
}
else {
vErrors.push(err2);
}
errors++;
}
}
if(typeof data0 === "string"){
if(!pattern15.test(data0)){
const err3 = {instancePath:instancePath+"/rpm",schemaPath:"#/$defs/count/pattern",keyword:"pattern",params:{pattern: "^\\d[\\d_]*(\\.\\d+)?[kKmM]?$"},message:"must match pattern \""+"^\\d[\\d_]*(\\.\\d+)?[kKmM]?$"+"\"",schema:"^\\d[\\d_]*(\\.\\d+)?[kKmM]?$",parentSchema:schema39,data:data0};
if(vErrors === null){
vErrors = [err3];
}
else {
vErrors.push(err3);
}
errors++;
}
}
}
if(data.rps !== undefined){
let data1 = data.rps;
if((typeof data1 == "number") && (isFinite(data1))){
if(data1 > 1000000 || isNaN(data1)){
const err4 = {instancePath:instancePath+"/rps",schemaPath:"#/$defs/rate/maximum",keyword:"maximum",params:{comparison: "<=", limit: 1000000},message:"must be <= 1000000",schema:1000000,parentSchema:schema50,data:data1};
if(vErrors === null){
vErrors = [err4];
}
else {
vErrors.push(err4);
}
errors++;
}
if(data1 <= 0 || isNaN(data1)){
const err5 = {instancePath:instancePath+"/rps",schemaPath:"#/$defs/rate/exclusiveMinimum",keyword:"exclusiveMinimum",params:{comparison: ">", limit: 0},message:"must be > 0",schema:0,parentSchema:schema50,data:data1};
if(vErrors === null){
vErrors = [err5];
}
else {
vErrors.push(err5);
}
errors++;
}
}
else {
const err6 = {instancePath:instancePath+"/rps",schemaPath:"#/$defs/rate/type",keyword:"type",params:{type: "number"},message:"must be number",schema:schema50.type,parentSchema:schema50,data:data1};
if(vErrors === null){
vErrors = [err6];
}
else {
vErrors.push(err6);
}
errors++;
}
}
if(data.rpd !== undefined){
let data2 = data.rpd;
if((!(((typeof data2 == "number") && (!(data2 % 1) && !isNaN(data2))) && (isFinite(data2)))) && (typeof data2 !== "string")){
const err7 = {instancePath:instancePath+"/rpd",schemaPath:"#/$defs/count/type",keyword:"type",params:{type: schema39.type},message:"must be integer,string",schema:schema39.type,parentSchema:schema39,data:data2};
if(vErrors === null){
vErrors = [err7];
}
else {
vErrors.push(err7);
}
errors++;
}
if((typeof data2 == "number") && (isFinite(data2))){
if(data2 < 1 || isNaN(data2)){
const err8 = {instancePath:instancePath+"/rpd",schemaPath:"#/$defs/count/minimum",keyword:"minimum",params:{comparison: ">=", limit: 1},message:"must be >= 1",schema:1,parentSchema:schema39,data:data2};
if(vErrors === null){
vErrors = [err8];
}
else {
vErrors.push(err8);
}
errors++;
}
}
if(typeof data2 === "string"){
if(!pattern15.test(data2)){
const err9 = {instancePath:instancePath+"/rpd",schemaPath:"#/$defs/count/pattern",keyword:"pattern",params:{pattern: "^\\d[\\d_]*(\\.\\d+)?[kKmM]?$"},message:"must match pattern \""+"^\\d[\\d_]*(\\.\\d+)?[kKmM]?$"+"\"",schema:"^\\d[\\d_]*(\\.\\d+)?[kKmM]?$",parentSchema:schema39,data:data2};
if(vErrors === null){
vErrors = [err9];
}
else {
vErrors.push(err9);
}
errors++;
}
}
}
if(data.tpm !== undefined){
let data3 = data.tpm;
if((!(((typeof data3 == "number") && (!(data3 % 1) && !isNaN(data3))) && (isFinite(data3)))) && (typeof data3 !== "string")){
const err10 = {instancePath:instancePath+"/tpm",schemaPath:"#/$defs/count/type",keyword:"type",params:{type: schema39.type},message:"must be integer,string",schema:schema39.type,parentSchema:schema39,data:data3};
if(vErrors === null){
vErrors = [err10];
}
else {
vErrors.push(err10);
}
errors++;
}
if((typeof data3 == "number") && (isFinite(data3))){
if(data3 < 1 || isNaN(data3)){
const err11 = {instancePath:instancePath+"/tpm",schemaPath:"#/$defs/count/minimum",keyword:"minimum",params:{comparison: ">=", limit: 1},message:"must be >= 1",schema:1,parentSchema:schema39,data:data3};
if(vErrors === null){
vErrors = [err11];
}
else {
vErrors.push(err11);
}
errors++;
}
}
if(typeof data3 === "string"){
if(!pattern15.test(data3)){
const err12 = {instancePath:instancePath+"/tpm",schemaPath:"#/$defs/count/pattern",keyword:"pattern",params:{pattern: "^\\d[\\d_]*(\\.\\d+)?[kKmM]?$"},message:"must match pattern \""+"^\\d[\\d_]*(\\.\\d+)?[kKmM]?$"+"\"",schema:"^\\d[\\d_]*(\\.\\d+)?[kKmM]?$",parentSchema:schema39,data:data3};
if(vErrors === null){
vErrors = [err12];
}
else {
vErrors.push(err12);
}
errors++;
}
}
}
if(data.itpm !== undefined){
let data4 = data.itpm;
if((!(((typeof data4 == "number") && (!(data4 % 1) && !isNaN(data4))) && (isFinite(data4)))) && (typeof data4 !== "string")){
const err13 = {instancePath:instancePath+"/itpm",schemaPath:"#/$defs/count/type",keyword:"type",params:{type: schema39.type},message:"must be integer,string",schema:schema39.type,parentSchema:schema39,data:data4};
if(vErrors === null){
vErrors = [err13];
}
else {
vErrors.push(err13);
}
errors++;
}
if((typeof data4 == "number") && (isFinite(data4))){
if(data4 < 1 || isNaN(data4)){
const err14 = {instancePath:instancePath+"/itpm",schemaPath:"#/$defs/count/minimum",keyword:"minimum",params:{comparison: ">=", limit: 1},message:"must be >= 1",schema:1,parentSchema:schema39,data:data4};
if(vErrors === null){
vErrors = [err14];
}
else {
vErrors.push(err14);
}
errors++;
}
}
if(typeof data4 === "string"){
if(!pattern15.test(data4)){
const err15 = {instancePath:instancePath+"/itpm",schemaPath:"#/$defs/count/pattern",keyword:"pattern",params:{pattern: "^\\d[\\d_]*(\\.\\d+)?[kKmM]?$"},message:"must match pattern \""+"^\\d[\\d_]*(\\.\\d+)?[kKmM]?$"+"\"",schema:"^\\d[\\d_]*(\\.\\d+)?[kKmM]?$",parentSchema:schema39,data:data4};
if(vErrors === null){
vErrors = [err15];
}
else {
vErrors.push(err15);
}
errors++;
}
}
}
if(data.otpm !== undefined){
let data5 = data.otpm;
if((!(((typeof data5 == "number") && (!(data5 % 1) && !isNaN(data5))) && (isFinite(data5)))) && (typeof data5 !== "string")){
const err16 = {instancePath:instancePath+"/otpm",schemaPath:"#/$defs/count/type",keyword:"type",params:{type: schema39.type},message:"must be integer,string",schema:schema39.type,parentSchema:schema39,data:data5};
if(vErrors === null){
vErrors = [err16];
}
else {
vErrors.push(err16);
}
errors++;
}
if((typeof data5 == "number") && (isFinite(data5))){
if(data5 < 1 || isNaN(data5)){
const err17 = {instancePath:instancePath+"/otpm",schemaPath:"#/$defs/count/minimum",keyword:"minimum",params:{comparison: ">=", limit: 1},message:"must be >= 1",schema:1,parentSchema:schema39,data:data5};
if(vErrors === null){
vErrors = [err17];
}
else {
vErrors.push(err17);
}
errors++;
}
}
if(typeof data5 === "string"){
if(!pattern15.test(data5)){
const err18 = {instancePath:instancePath+"/otpm",schemaPath:"#/$defs/count/pattern",keyword:"pattern",params:{pattern: "^\\d[\\d_]*(\\.\\d+)?[kKmM]?$"},message:"must match pattern \""+"^\\d[\\d_]*(\\.\\d+)?[kKmM]?$"+"\"",schema:"^\\d[\\d_]*(\\.\\d+)?[kKmM]?$",parentSchema:schema39,data:data5};
if(vErrors === null){
vErrors = [err18];
}
else {
vErrors.push(err18);
}
errors++;
}
}
}
if(data.concurrency !== undefined){
let data6 = data.concurrency;
if((!(((typeof data6 == "number") && (!(data6 % 1) && !isNaN(data6))) && (isFinite(data6)))) && (!(data6 && typeof data6 == "object" && !Array.isArray(data6)))){
const err19 = {instancePath:instancePath+"/concurrency",schemaPath:"#/properties/concurrency/type",keyword:"type",params:{type: schema48.properties.concurrency.type},message:"must be integer,object",schema:schema48.properties.concurrency.type,parentSchema:schema48.properties.concurrency,data:data6};
if(vErrors === null){
vErrors = [err19];
}
else {
vErrors.push(err19);
}
errors++;
}
if((typeof data6 == "number") && (isFinite(data6))){
if(data6 > 10000 || isNaN(data6)){
const err20 = {instancePath:instancePath+"/concurrency",schemaPath:"#/properties/concurrency/maximum",keyword:"maximum",params:{comparison: "<=", limit: 10000},message:"must be <= 10000",schema:10000,parentSchema:schema48.properties.concurrency,data:data6};
if(vErrors === null){
vErrors = [err20];
}
else {
vErrors.push(err20);
}
errors++;
}
if(data6 < 1 || isNaN(data6)){
const err21 = {instancePath:instancePath+"/concurrency",schemaPath:"#/properties/concurrency/minimum",keyword:"minimum",params:{comparison: ">=", limit: 1},message:"must be >= 1",schema:1,parentSchema:schema48.properties.concurrency,data:data6};
if(vErrors === null){
vErrors = [err21];
}
else {
vErrors.push(err21);
}
errors++;
}
}
if(data6 && typeof data6 == "object" && !Array.isArray(data6)){
if(data6.start === undefined){
const err22 = {instancePath:instancePath+"/concurrency",schemaPath:"#/properties/concurrency/required",keyword:"required",params:{missingProperty: "start"},message:"must have required property '"+"start"+"'",schema:schema48.properties.concurrency.required,parentSchema:schema48.properties.concurrency,data:data6};
if(vErrors === null){
vErrors = [err22];
}
else {
vErrors.push(err22);
}
errors++;
}
if(data6.max === undefined){
const err23 = {instancePath:instancePath+"/concurrency",schemaPath:"#/properties/concurrency/required",keyword:"required",params:{missingProperty: "max"},message:"must have required property '"+"max"+"'",schema:schema48.properties.concurrency.required,parentSchema:schema48.properties.concurrency,data:data6};
if(vErrors === null){
vErrors = [err23];
}
else {
vErrors.push(err23);
}
errors++;
}
for(const key1 in data6){
if(!(((key1 === "start") || (key1 === "max")) || (pattern4.test(key1)))){
const err24 = {instancePath:instancePath+"/concurrency",schemaPath:"#/properties/concurrency/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key1},message:"must NOT have additional properties",schema:false,parentSchema:schema48.properties.concurrency,data:data6};
if(vErrors === null){
vErrors = [err24];
}
else {
vErrors.push(err24);
}
errors++;
}
}
if(data6.start !== undefined){
let data7 = data6.start;
if(!(((typeof data7 == "number") && (!(data7 % 1) && !isNaN(data7))) && (isFinite(data7)))){
const err25 = {instancePath:instancePath+"/concurrency/start",schemaPath:"#/properties/concurrency/properties/start/type",keyword:"type",params:{type: "integer"},message:"must be integer",schema:schema48.properties.concurrency.properties.start.type,parentSchema:schema48.properties.concurrency.properties.start,data:data7};
if(vErrors === null){
vErrors = [err25];
}
else {
vErrors.push(err25);
}
errors++;
}
if((typeof data7 == "number") && (isFinite(data7))){
if(data7 > 10000 || isNaN(data7)){
const err26 = {instancePath:instancePath+"/concurrency/start",schemaPath:"#/properties/concurrency/properties/start/maximum",keyword:"maximum",params:{comparison: "<=", limit: 10000},message:"must be <= 10000",schema:10000,parentSchema:schema48.properties.concurrency.properties.start,data:data7};
if(vErrors === null){
vErrors = [err26];
}
else {
vErrors.push(err26);
}
errors++;
}
if(data7 < 1 || isNaN(data7)){
const err27 = {instancePath:instancePath+"/concurrency/start",schemaPath:"#/properties/concurrency/properties/start/minimum",keyword:"minimum",params:{comparison: ">=", limit: 1},message:"must be >= 1",schema:1,parentSchema:schema48.properties.concurrency.properties.start,data:data7};
if(vErrors === null){
vErrors = [err27];
}
else {
vErrors.push(err27);
}
errors++;
}
}
}
if(data6.max !== undefined){
let data8 = data6.max;
if(!(((typeof data8 == "number") && (!(data8 % 1) && !isNaN(data8))) && (isFinite(data8)))){
const err28 = {instancePath:instancePath+"/concurrency/max",schemaPath:"#/properties/concurrency/properties/max/type",keyword:"type",params:{type: "integer"},message:"must be integer",schema:schema48.properties.concurrency.properties.max.type,parentSchema:schema48.properties.concurrency.properties.max,data:data8};
if(vErrors === null){
vErrors = [err28];
}
else {
vErrors.push(err28);
}
errors++;
}
if((typeof data8 == "number") && (isFinite(data8))){
if(data8 > 10000 || isNaN(data8)){
const err29 = {instancePath:instancePath+"/concurrency/max",schemaPath:"#/properties/concurrency/properties/max/maximum",keyword:"maximum",params:{comparison: "<=", limit: 10000},message:"must be <= 10000",schema:10000,parentSchema:schema48.properties.concurrency.properties.max,data:data8};
if(vErrors === null){
vErrors = [err29];
}
else {
vErrors.push(err29);
}
errors++;
}
if(data8 < 1 || isNaN(data8)){
const err30 = {instancePath:instancePath+"/concurrency/max",schemaPath:"#/properties/concurrency/properties/max/minimum",keyword:"minimum",params:{comparison: ">=", limit: 1},message:"must be >= 1",schema:1,parentSchema:schema48.properties.concurrency.properties.max,data:data8};
if(vErrors === null){
vErrors = [err30];
}
else {
vErrors.push(err30);
}
errors++;
}
}
}
}
}
}
else {
const err31 = {instancePath,schemaPath:"#/type",keyword:"type",params:{type: "object"},message:"must be object",schema:schema48.type,parentSchema:schema48,data};
if(vErrors === null){
vErrors = [err31];
}
else {
vErrors.push(err31);
}
errors++;
}
validate29.errors = vErrors;
return errors === 0;
}
validate29.evaluated = {"props":true,"dynamicProps":false,"dynamicItems":false};

const schema56 = {"$comment":"map of mock settings","examples":[{"seed":7,"latency":["200ms","2s"]}],"type":"object","properties":{"seed":{"$comment":"whole number","type":"integer","minimum":0,"maximum":4294967295,"examples":[7]},"latency":{"$comment":"duration or `[min, max]`","examples":["300ms",["200ms","2s"]],"type":["string","array"],"items":{"$ref":"#/$defs/duration"},"minItems":2,"maxItems":2},"output_tokens":{"$comment":"count or `[min, max]`","examples":[120,[50,200]],"type":["integer","string","array"],"minimum":1,"items":{"$ref":"#/$defs/count"},"minItems":2,"maxItems":2},"missing_usage":{"$comment":"number from 0 to 1","type":"number","minimum":0,"maximum":1,"examples":[0.1]},"errors":{"$comment":"list of `{status, rate}`","type":"array","items":{"$comment":"`{status, rate}`","type":"object","properties":{"status":{"$comment":"HTTP status from 400 to 599","type":"integer","minimum":400,"maximum":599,"examples":[429]},"rate":{"$comment":"number from 0 to 1","type":"number","minimum":0,"maximum":1,"examples":[0.05]}},"required":["status","rate"],"additionalProperties":false,"patternProperties":{"^x-":{}},"examples":[{"status":429,"rate":0.05}]},"examples":[[{"status":429,"rate":0.05}]]},"batch":{"$comment":"map of batch settings","examples":[{"duration":"2s"}],"type":"object","properties":{"duration":{"$comment":"duration or `[min, max]`","examples":["2s",["1s","1m"]],"type":["string","array"],"items":{"$ref":"#/$defs/duration"},"minItems":2,"maxItems":2},"expired":{"$comment":"number from 0 to 1","type":"number","minimum":0,"maximum":1,"examples":[0.05]}},"additionalProperties":false,"patternProperties":{"^x-":{}}},"answer":{"$comment":"text","type":"string","examples":["42"]}},"additionalProperties":false,"patternProperties":{"^x-":{}}};

function validate32(data, {instancePath="", parentData, parentDataProperty, rootData=data, dynamicAnchors={}}={}){
let vErrors = null;
let errors = 0;
const evaluated0 = validate32.evaluated;
if(evaluated0.dynamicProps){
evaluated0.props = undefined;
}
if(evaluated0.dynamicItems){
evaluated0.items = undefined;
}
if(data && typeof data == "object" && !Array.isArray(data)){
for(const key0 in data){
if(!((((((((key0 === "seed") || (key0 === "latency")) || (key0 === "output_tokens")) || (key0 === "missing_usage")) || (key0 === "errors")) || (key0 === "batch")) || (key0 === "answer")) || (pattern4.test(key0)))){
const err0 = {instancePath,schemaPath:"#/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key0},message:"must NOT have additional properties",schema:false,parentSchema:schema56,data};
if(vErrors === null){
vErrors = [err0];
}
else {
vErrors.push(err0);
}
errors++;
}
}
if(data.seed !== undefined){
let data0 = data.seed;
if(!(((typeof data0 == "number") && (!(data0 % 1) && !isNaN(data0))) && (isFinite(data0)))){
const err1 = {instancePath:instancePath+"/seed",schemaPath:"#/properties/seed/type",keyword:"type",params:{type: "integer"},message:"must be integer",schema:schema56.properties.seed.type,parentSchema:schema56.properties.seed,data:data0};
if(vErrors === null){
vErrors = [err1];
}
else {
vErrors.push(err1);
}
errors++;
}
if((typeof data0 == "number") && (isFinite(data0))){
if(data0 > 4294967295 || isNaN(data0)){
const err2 = {instancePath:instancePath+"/seed",schemaPath:"#/properties/seed/maximum",keyword:"maximum",params:{comparison: "<=", limit: 4294967295},message:"must be <= 4294967295",schema:4294967295,parentSchema:schema56.properties.seed,data:data0};
if(vErrors === null){
vErrors = [err2];
}
else {
vErrors.push(err2);
}
errors++;
}
if(data0 < 0 || isNaN(data0)){
const err3 = {instancePath:instancePath+"/seed",schemaPath:"#/properties/seed/minimum",keyword:"minimum",params:{comparison: ">=", limit: 0},message:"must be >= 0",schema:0,parentSchema:schema56.properties.seed,data:data0};
if(vErrors === null){
vErrors = [err3];
}
else {
vErrors.push(err3);
}
errors++;
}
}
}
if(data.latency !== undefined){
let data1 = data.latency;
if((typeof data1 !== "string") && (!(Array.isArray(data1)))){
const err4 = {instancePath:instancePath+"/latency",schemaPath:"#/properties/latency/type",keyword:"type",params:{type: schema56.properties.latency.type},message:"must be string,array",schema:schema56.properties.latency.type,parentSchema:schema56.properties.latency,data:data1};
if(vErrors === null){
vErrors = [err4];
}
else {
vErrors.push(err4);
}
errors++;
}
if(Array.isArray(data1)){
if(data1.length > 2){
const err5 = {instancePath:instancePath+"/latency",schemaPath:"#/properties/latency/maxItems",keyword:"maxItems",params:{limit: 2},message:"must NOT have more than 2 items",schema:2,parentSchema:schema56.properties.latency,data:data1};
if(vErrors === null){
vErrors = [err5];
}
else {
vErrors.push(err5);
}
errors++;
}
if(data1.length < 2){
const err6 = {instancePath:instancePath+"/latency",schemaPath:"#/properties/latency/minItems",keyword:"minItems",params:{limit: 2},message:"must NOT have fewer than 2 items",schema:2,parentSchema:schema56.properties.latency,data:data1};
if(vErrors === null){
vErrors = [err6];
}
else {
vErrors.push(err6);
}
errors++;
}
const len0 = data1.length;
for(let i0=0; i0<len0; i0++){
let data2 = data1[i0];
if(typeof data2 === "string"){
if(!pattern17.test(data2)){
const err7 = {instancePath:instancePath+"/latency/" + i0,schemaPath:"#/$defs/duration/pattern",keyword:"pattern",params:{pattern: "^(?=.)(\\d+(\\.\\d+)?d)?(\\d+(\\.\\d+)?h)?(\\d+(\\.\\d+)?m)?(\\d+(\\.\\d+)?s)?(\\d+(\\.\\d+)?ms)?$"},message:"must match pattern \""+"^(?=.)(\\d+(\\.\\d+)?d)?(\\d+(\\.\\d+)?h)?(\\d+(\\.\\d+)?m)?(\\d+(\\.\\d+)?s)?(\\d+(\\.\\d+)?ms)?$"+"\"",schema:"^(?=.)(\\d+(\\.\\d+)?d)?(\\d+(\\.\\d+)?h)?(\\d+(\\.\\d+)?m)?(\\d+(\\.\\d+)?s)?(\\d+(\\.\\d+)?ms)?$",parentSchema:schema41,data:data2};
if(vErrors === null){
vErrors = [err7];
}
else {
vErrors.push(err7);
}
errors++;
}
}
else {
const err8 = {instancePath:instancePath+"/latency/" + i0,schemaPath:"#/$defs/duration/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema41.type,parentSchema:schema41,data:data2};
if(vErrors === null){
vErrors = [err8];
}
else {
vErrors.push(err8);
}
errors++;
}
}
}
}
if(data.output_tokens !== undefined){
let data3 = data.output_tokens;
if(((!(((typeof data3 == "number") && (!(data3 % 1) && !isNaN(data3))) && (isFinite(data3)))) && (typeof data3 !== "string")) && (!(Array.isArray(data3)))){
const err9 = {instancePath:instancePath+"/output_tokens",schemaPath:"#/properties/output_tokens/type",keyword:"type",params:{type: schema56.properties.output_tokens.type},message:"must be integer,string,array",schema:schema56.properties.output_tokens.type,parentSchema:schema56.properties.output_tokens,data:data3};
if(vErrors === null){
vErrors = [err9];
}
else {
vErrors.push(err9);
}
errors++;
}
if((typeof data3 == "number") && (isFinite(data3))){
if(data3 < 1 || isNaN(data3)){
const err10 = {instancePath:instancePath+"/output_tokens",schemaPath:"#/properties/output_tokens/minimum",keyword:"minimum",params:{comparison: ">=", limit: 1},message:"must be >= 1",schema:1,parentSchema:schema56.properties.output_tokens,data:data3};
if(vErrors === null){
vErrors = [err10];
}
else {
vErrors.push(err10);
}
errors++;
}
}
if(Array.isArray(data3)){
if(data3.length > 2){
const err11 = {instancePath:instancePath+"/output_tokens",schemaPath:"#/properties/output_tokens/maxItems",keyword:"maxItems",params:{limit: 2},message:"must NOT have more than 2 items",schema:2,parentSchema:schema56.properties.output_tokens,data:data3};
if(vErrors === null){
vErrors = [err11];
}
else {
vErrors.push(err11);
}
errors++;
}
if(data3.length < 2){
const err12 = {instancePath:instancePath+"/output_tokens",schemaPath:"#/properties/output_tokens/minItems",keyword:"minItems",params:{limit: 2},message:"must NOT have fewer than 2 items",schema:2,parentSchema:schema56.properties.output_tokens,data:data3};
if(vErrors === null){
vErrors = [err12];
}
else {
vErrors.push(err12);
}
errors++;
}
const len1 = data3.length;
for(let i1=0; i1<len1; i1++){
let data4 = data3[i1];
if((!(((typeof data4 == "number") && (!(data4 % 1) && !isNaN(data4))) && (isFinite(data4)))) && (typeof data4 !== "string")){
const err13 = {instancePath:instancePath+"/output_tokens/" + i1,schemaPath:"#/$defs/count/type",keyword:"type",params:{type: schema39.type},message:"must be integer,string",schema:schema39.type,parentSchema:schema39,data:data4};
if(vErrors === null){
vErrors = [err13];
}
else {
vErrors.push(err13);
}
errors++;
}
if((typeof data4 == "number") && (isFinite(data4))){
if(data4 < 1 || isNaN(data4)){
const err14 = {instancePath:instancePath+"/output_tokens/" + i1,schemaPath:"#/$defs/count/minimum",keyword:"minimum",params:{comparison: ">=", limit: 1},message:"must be >= 1",schema:1,parentSchema:schema39,data:data4};
if(vErrors === null){
vErrors = [err14];
}
else {
vErrors.push(err14);
}
errors++;
}
}
if(typeof data4 === "string"){
if(!pattern15.test(data4)){
const err15 = {instancePath:instancePath+"/output_tokens/" + i1,schemaPath:"#/$defs/count/pattern",keyword:"pattern",params:{pattern: "^\\d[\\d_]*(\\.\\d+)?[kKmM]?$"},message:"must match pattern \""+"^\\d[\\d_]*(\\.\\d+)?[kKmM]?$"+"\"",schema:"^\\d[\\d_]*(\\.\\d+)?[kKmM]?$",parentSchema:schema39,data:data4};
if(vErrors === null){
vErrors = [err15];
}
else {
vErrors.push(err15);
}
errors++;
}
}
}
}
}
if(data.missing_usage !== undefined){
let data5 = data.missing_usage;
if((typeof data5 == "number") && (isFinite(data5))){
if(data5 > 1 || isNaN(data5)){
const err16 = {instancePath:instancePath+"/missing_usage",schemaPath:"#/properties/missing_usage/maximum",keyword:"maximum",params:{comparison: "<=", limit: 1},message:"must be <= 1",schema:1,parentSchema:schema56.properties.missing_usage,data:data5};
if(vErrors === null){
vErrors = [err16];
}
else {
vErrors.push(err16);
}
errors++;
}
if(data5 < 0 || isNaN(data5)){
const err17 = {instancePath:instancePath+"/missing_usage",schemaPath:"#/properties/missing_usage/minimum",keyword:"minimum",params:{comparison: ">=", limit: 0},message:"must be >= 0",schema:0,parentSchema:schema56.properties.missing_usage,data:data5};
if(vErrors === null){
vErrors = [err17];
}
else {
vErrors.push(err17);
}
errors++;
}
}
else {
const err18 = {instancePath:instancePath+"/missing_usage",schemaPath:"#/properties/missing_usage/type",keyword:"type",params:{type: "number"},message:"must be number",schema:schema56.properties.missing_usage.type,parentSchema:schema56.properties.missing_usage,data:data5};
if(vErrors === null){
vErrors = [err18];
}
else {
vErrors.push(err18);
}
errors++;
}
}
if(data.errors !== undefined){
let data6 = data.errors;
if(Array.isArray(data6)){
const len2 = data6.length;
for(let i2=0; i2<len2; i2++){
let data7 = data6[i2];
if(data7 && typeof data7 == "object" && !Array.isArray(data7)){
if(data7.status === undefined){
const err19 = {instancePath:instancePath+"/errors/" + i2,schemaPath:"#/properties/errors/items/required",keyword:"required",params:{missingProperty: "status"},message:"must have required property '"+"status"+"'",schema:schema56.properties.errors.items.required,parentSchema:schema56.properties.errors.items,data:data7};
if(vErrors === null){
vErrors = [err19];
}
else {
vErrors.push(err19);
}
errors++;
}
if(data7.rate === undefined){
const err20 = {instancePath:instancePath+"/errors/" + i2,schemaPath:"#/properties/errors/items/required",keyword:"required",params:{missingProperty: "rate"},message:"must have required property '"+"rate"+"'",schema:schema56.properties.errors.items.required,parentSchema:schema56.properties.errors.items,data:data7};
if(vErrors === null){
vErrors = [err20];
}
else {
vErrors.push(err20);
}
errors++;
}
for(const key1 in data7){
if(!(((key1 === "status") || (key1 === "rate")) || (pattern4.test(key1)))){
const err21 = {instancePath:instancePath+"/errors/" + i2,schemaPath:"#/properties/errors/items/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key1},message:"must NOT have additional properties",schema:false,parentSchema:schema56.properties.errors.items,data:data7};
if(vErrors === null){
vErrors = [err21];
}
else {
vErrors.push(err21);
}
errors++;
}
}
if(data7.status !== undefined){
let data8 = data7.status;
if(!(((typeof data8 == "number") && (!(data8 % 1) && !isNaN(data8))) && (isFinite(data8)))){
const err22 = {instancePath:instancePath+"/errors/" + i2+"/status",schemaPath:"#/properties/errors/items/properties/status/type",keyword:"type",params:{type: "integer"},message:"must be integer",schema:schema56.properties.errors.items.properties.status.type,parentSchema:schema56.properties.errors.items.properties.status,data:data8};
if(vErrors === null){
vErrors = [err22];
}
else {
vErrors.push(err22);
}
errors++;
}
if((typeof data8 == "number") && (isFinite(data8))){
if(data8 > 599 || isNaN(data8)){
const err23 = {instancePath:instancePath+"/errors/" + i2+"/status",schemaPath:"#/properties/errors/items/properties/status/maximum",keyword:"maximum",params:{comparison: "<=", limit: 599},message:"must be <= 599",schema:599,parentSchema:schema56.properties.errors.items.properties.status,data:data8};
if(vErrors === null){
vErrors = [err23];
}
else {
vErrors.push(err23);
}
errors++;
}
if(data8 < 400 || isNaN(data8)){
const err24 = {instancePath:instancePath+"/errors/" + i2+"/status",schemaPath:"#/properties/errors/items/properties/status/minimum",keyword:"minimum",params:{comparison: ">=", limit: 400},message:"must be >= 400",schema:400,parentSchema:schema56.properties.errors.items.properties.status,data:data8};
if(vErrors === null){
vErrors = [err24];
}
else {
vErrors.push(err24);
}
errors++;
}
}
}
if(data7.rate !== undefined){
let data9 = data7.rate;
if((typeof data9 == "number") && (isFinite(data9))){
if(data9 > 1 || isNaN(data9)){
const err25 = {instancePath:instancePath+"/errors/" + i2+"/rate",schemaPath:"#/properties/errors/items/properties/rate/maximum",keyword:"maximum",params:{comparison: "<=", limit: 1},message:"must be <= 1",schema:1,parentSchema:schema56.properties.errors.items.properties.rate,data:data9};
if(vErrors === null){
vErrors = [err25];
}
else {
vErrors.push(err25);
}
errors++;
}
if(data9 < 0 || isNaN(data9)){
const err26 = {instancePath:instancePath+"/errors/" + i2+"/rate",schemaPath:"#/properties/errors/items/properties/rate/minimum",keyword:"minimum",params:{comparison: ">=", limit: 0},message:"must be >= 0",schema:0,parentSchema:schema56.properties.errors.items.properties.rate,data:data9};
if(vErrors === null){
vErrors = [err26];
}
else {
vErrors.push(err26);
}
errors++;
}
}
else {
const err27 = {instancePath:instancePath+"/errors/" + i2+"/rate",schemaPath:"#/properties/errors/items/properties/rate/type",keyword:"type",params:{type: "number"},message:"must be number",schema:schema56.properties.errors.items.properties.rate.type,parentSchema:schema56.properties.errors.items.properties.rate,data:data9};
if(vErrors === null){
vErrors = [err27];
}
else {
vErrors.push(err27);
}
errors++;
}
}
}
else {
const err28 = {instancePath:instancePath+"/errors/" + i2,schemaPath:"#/properties/errors/items/type",keyword:"type",params:{type: "object"},message:"must be object",schema:schema56.properties.errors.items.type,parentSchema:schema56.properties.errors.items,data:data7};
if(vErrors === null){
vErrors = [err28];
}
else {
vErrors.push(err28);
}
errors++;
}
}
}
else {
const err29 = {instancePath:instancePath+"/errors",schemaPath:"#/properties/errors/type",keyword:"type",params:{type: "array"},message:"must be array",schema:schema56.properties.errors.type,parentSchema:schema56.properties.errors,data:data6};
if(vErrors === null){
vErrors = [err29];
}
else {
vErrors.push(err29);
}
errors++;
}
}
if(data.batch !== undefined){
let data10 = data.batch;
if(data10 && typeof data10 == "object" && !Array.isArray(data10)){
for(const key2 in data10){
if(!(((key2 === "duration") || (key2 === "expired")) || (pattern4.test(key2)))){
const err30 = {instancePath:instancePath+"/batch",schemaPath:"#/properties/batch/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key2},message:"must NOT have additional properties",schema:false,parentSchema:schema56.properties.batch,data:data10};
if(vErrors === null){
vErrors = [err30];
}
else {
vErrors.push(err30);
}
errors++;
}
}
if(data10.duration !== undefined){
let data11 = data10.duration;
if((typeof data11 !== "string") && (!(Array.isArray(data11)))){
const err31 = {instancePath:instancePath+"/batch/duration",schemaPath:"#/properties/batch/properties/duration/type",keyword:"type",params:{type: schema56.properties.batch.properties.duration.type},message:"must be string,array",schema:schema56.properties.batch.properties.duration.type,parentSchema:schema56.properties.batch.properties.duration,data:data11};
if(vErrors === null){
vErrors = [err31];
}
else {
vErrors.push(err31);
}
errors++;
}
if(Array.isArray(data11)){
if(data11.length > 2){
const err32 = {instancePath:instancePath+"/batch/duration",schemaPath:"#/properties/batch/properties/duration/maxItems",keyword:"maxItems",params:{limit: 2},message:"must NOT have more than 2 items",schema:2,parentSchema:schema56.properties.batch.properties.duration,data:data11};
if(vErrors === null){
vErrors = [err32];
}
else {
vErrors.push(err32);
}
errors++;
}
if(data11.length < 2){
const err33 = {instancePath:instancePath+"/batch/duration",schemaPath:"#/properties/batch/properties/duration/minItems",keyword:"minItems",params:{limit: 2},message:"must NOT have fewer than 2 items",schema:2,parentSchema:schema56.properties.batch.properties.duration,data:data11};
if(vErrors === null){
vErrors = [err33];
}
else {
vErrors.push(err33);
}
errors++;
}
const len3 = data11.length;
for(let i3=0; i3<len3; i3++){
let data12 = data11[i3];
if(typeof data12 === "string"){
if(!pattern17.test(data12)){
const err34 = {instancePath:instancePath+"/batch/duration/" + i3,schemaPath:"#/$defs/duration/pattern",keyword:"pattern",params:{pattern: "^(?=.)(\\d+(\\.\\d+)?d)?(\\d+(\\.\\d+)?h)?(\\d+(\\.\\d+)?m)?(\\d+(\\.\\d+)?s)?(\\d+(\\.\\d+)?ms)?$"},message:"must match pattern \""+"^(?=.)(\\d+(\\.\\d+)?d)?(\\d+(\\.\\d+)?h)?(\\d+(\\.\\d+)?m)?(\\d+(\\.\\d+)?s)?(\\d+(\\.\\d+)?ms)?$"+"\"",schema:"^(?=.)(\\d+(\\.\\d+)?d)?(\\d+(\\.\\d+)?h)?(\\d+(\\.\\d+)?m)?(\\d+(\\.\\d+)?s)?(\\d+(\\.\\d+)?ms)?$",parentSchema:schema41,data:data12};
if(vErrors === null){
vErrors = [err34];
}
else {
vErrors.push(err34);
}
errors++;
}
}
else {
const err35 = {instancePath:instancePath+"/batch/duration/" + i3,schemaPath:"#/$defs/duration/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema41.type,parentSchema:schema41,data:data12};
if(vErrors === null){
vErrors = [err35];
}
else {
vErrors.push(err35);
}
errors++;
}
}
}
}
if(data10.expired !== undefined){
let data13 = data10.expired;
if((typeof data13 == "number") && (isFinite(data13))){
if(data13 > 1 || isNaN(data13)){
const err36 = {instancePath:instancePath+"/batch/expired",schemaPath:"#/properties/batch/properties/expired/maximum",keyword:"maximum",params:{comparison: "<=", limit: 1},message:"must be <= 1",schema:1,parentSchema:schema56.properties.batch.properties.expired,data:data13};
if(vErrors === null){
vErrors = [err36];
}
else {
vErrors.push(err36);
}
errors++;
}
if(data13 < 0 || isNaN(data13)){
const err37 = {instancePath:instancePath+"/batch/expired",schemaPath:"#/properties/batch/properties/expired/minimum",keyword:"minimum",params:{comparison: ">=", limit: 0},message:"must be >= 0",schema:0,parentSchema:schema56.properties.batch.properties.expired,data:data13};
if(vErrors === null){
vErrors = [err37];
}
else {
vErrors.push(err37);
}
errors++;
}
}
else {
const err38 = {instancePath:instancePath+"/batch/expired",schemaPath:"#/properties/batch/properties/expired/type",keyword:"type",params:{type: "number"},message:"must be number",schema:schema56.properties.batch.properties.expired.type,parentSchema:schema56.properties.batch.properties.expired,data:data13};
if(vErrors === null){
vErrors = [err38];
}
else {
vErrors.push(err38);
}
errors++;
}
}
}
else {
const err39 = {instancePath:instancePath+"/batch",schemaPath:"#/properties/batch/type",keyword:"type",params:{type: "object"},message:"must be object",schema:schema56.properties.batch.type,parentSchema:schema56.properties.batch,data:data10};
if(vErrors === null){
vErrors = [err39];
}
else {
vErrors.push(err39);
}
errors++;
}
}
if(data.answer !== undefined){
let data14 = data.answer;
if(typeof data14 !== "string"){
const err40 = {instancePath:instancePath+"/answer",schemaPath:"#/properties/answer/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema56.properties.answer.type,parentSchema:schema56.properties.answer,data:data14};
if(vErrors === null){
vErrors = [err40];
}
else {
vErrors.push(err40);
}
errors++;
}
}
}
else {
const err41 = {instancePath,schemaPath:"#/type",keyword:"type",params:{type: "object"},message:"must be object",schema:schema56.type,parentSchema:schema56,data};
if(vErrors === null){
vErrors = [err41];
}
else {
vErrors.push(err41);
}
errors++;
}
validate32.errors = vErrors;
return errors === 0;
}
validate32.evaluated = {"props":true,"dynamicProps":false,"dynamicItems":false};


function validate28(data, {instancePath="", parentData, parentDataProperty, rootData=data, dynamicAnchors={}}={}){
let vErrors = null;
let errors = 0;
const evaluated0 = validate28.evaluated;
if(evaluated0.dynamicProps){
evaluated0.props = undefined;
}
if(evaluated0.dynamicItems){
evaluated0.items = undefined;
}
if(data && typeof data == "object" && !Array.isArray(data)){
for(const key0 in data){
if(!((func1.call(schema42.properties, key0)) || (pattern4.test(key0)))){
const err0 = {instancePath,schemaPath:"#/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key0},message:"must NOT have additional properties",schema:false,parentSchema:schema42,data};
if(vErrors === null){
vErrors = [err0];
}
else {
vErrors.push(err0);
}
errors++;
}
}
if(data.type !== undefined){
let data0 = data.type;
if(typeof data0 !== "string"){
const err1 = {instancePath:instancePath+"/type",schemaPath:"#/properties/type/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema42.properties.type.type,parentSchema:schema42.properties.type,data:data0};
if(vErrors === null){
vErrors = [err1];
}
else {
vErrors.push(err1);
}
errors++;
}
if(!((((((data0 === "anthropic") || (data0 === "openai")) || (data0 === "azure")) || (data0 === "bedrock")) || (data0 === "vertex")) || (data0 === "mock"))){
const err2 = {instancePath:instancePath+"/type",schemaPath:"#/properties/type/enum",keyword:"enum",params:{allowedValues: schema42.properties.type.enum},message:"must be equal to one of the allowed values",schema:schema42.properties.type.enum,parentSchema:schema42.properties.type,data:data0};
if(vErrors === null){
vErrors = [err2];
}
else {
vErrors.push(err2);
}
errors++;
}
}
if(data.region !== undefined){
let data1 = data.region;
if(typeof data1 === "string"){
if(!pattern22.test(data1)){
const err3 = {instancePath:instancePath+"/region",schemaPath:"#/properties/region/pattern",keyword:"pattern",params:{pattern: "^[a-z0-9-]{2,40}$"},message:"must match pattern \""+"^[a-z0-9-]{2,40}$"+"\"",schema:"^[a-z0-9-]{2,40}$",parentSchema:schema42.properties.region,data:data1};
if(vErrors === null){
vErrors = [err3];
}
else {
vErrors.push(err3);
}
errors++;
}
}
else {
const err4 = {instancePath:instancePath+"/region",schemaPath:"#/properties/region/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema42.properties.region.type,parentSchema:schema42.properties.region,data:data1};
if(vErrors === null){
vErrors = [err4];
}
else {
vErrors.push(err4);
}
errors++;
}
}
if(data.project !== undefined){
let data2 = data.project;
if(typeof data2 === "string"){
if(!pattern23.test(data2)){
const err5 = {instancePath:instancePath+"/project",schemaPath:"#/properties/project/pattern",keyword:"pattern",params:{pattern: "^[a-z0-9.:-]{1,100}$"},message:"must match pattern \""+"^[a-z0-9.:-]{1,100}$"+"\"",schema:"^[a-z0-9.:-]{1,100}$",parentSchema:schema42.properties.project,data:data2};
if(vErrors === null){
vErrors = [err5];
}
else {
vErrors.push(err5);
}
errors++;
}
}
else {
const err6 = {instancePath:instancePath+"/project",schemaPath:"#/properties/project/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema42.properties.project.type,parentSchema:schema42.properties.project,data:data2};
if(vErrors === null){
vErrors = [err6];
}
else {
vErrors.push(err6);
}
errors++;
}
}
if(data.base_url !== undefined){
let data3 = data.base_url;
if(typeof data3 !== "string"){
const err7 = {instancePath:instancePath+"/base_url",schemaPath:"#/properties/base_url/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema42.properties.base_url.type,parentSchema:schema42.properties.base_url,data:data3};
if(vErrors === null){
vErrors = [err7];
}
else {
vErrors.push(err7);
}
errors++;
}
}
if(data.base_url_env !== undefined){
let data4 = data.base_url_env;
if(typeof data4 === "string"){
if(!pattern24.test(data4)){
const err8 = {instancePath:instancePath+"/base_url_env",schemaPath:"#/$defs/variable/pattern",keyword:"pattern",params:{pattern: "^[A-Za-z_][A-Za-z0-9_]*$"},message:"must match pattern \""+"^[A-Za-z_][A-Za-z0-9_]*$"+"\"",schema:"^[A-Za-z_][A-Za-z0-9_]*$",parentSchema:schema43,data:data4};
if(vErrors === null){
vErrors = [err8];
}
else {
vErrors.push(err8);
}
errors++;
}
}
else {
const err9 = {instancePath:instancePath+"/base_url_env",schemaPath:"#/$defs/variable/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema43.type,parentSchema:schema43,data:data4};
if(vErrors === null){
vErrors = [err9];
}
else {
vErrors.push(err9);
}
errors++;
}
}
if(data.api_key_env !== undefined){
let data5 = data.api_key_env;
if(typeof data5 === "string"){
if(!pattern24.test(data5)){
const err10 = {instancePath:instancePath+"/api_key_env",schemaPath:"#/$defs/variable/pattern",keyword:"pattern",params:{pattern: "^[A-Za-z_][A-Za-z0-9_]*$"},message:"must match pattern \""+"^[A-Za-z_][A-Za-z0-9_]*$"+"\"",schema:"^[A-Za-z_][A-Za-z0-9_]*$",parentSchema:schema43,data:data5};
if(vErrors === null){
vErrors = [err10];
}
else {
vErrors.push(err10);
}
errors++;
}
}
else {
const err11 = {instancePath:instancePath+"/api_key_env",schemaPath:"#/$defs/variable/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema43.type,parentSchema:schema43,data:data5};
if(vErrors === null){
vErrors = [err11];
}
else {
vErrors.push(err11);
}
errors++;
}
}
if(data.api !== undefined){
let data6 = data.api;
if(typeof data6 !== "string"){
const err12 = {instancePath:instancePath+"/api",schemaPath:"#/properties/api/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema42.properties.api.type,parentSchema:schema42.properties.api,data:data6};
if(vErrors === null){
vErrors = [err12];
}
else {
vErrors.push(err12);
}
errors++;
}
if(!((data6 === "responses") || (data6 === "chat"))){
const err13 = {instancePath:instancePath+"/api",schemaPath:"#/properties/api/enum",keyword:"enum",params:{allowedValues: schema42.properties.api.enum},message:"must be equal to one of the allowed values",schema:schema42.properties.api.enum,parentSchema:schema42.properties.api,data:data6};
if(vErrors === null){
vErrors = [err13];
}
else {
vErrors.push(err13);
}
errors++;
}
}
if(data.api_version !== undefined){
let data7 = data.api_version;
if(typeof data7 === "string"){
if(!pattern26.test(data7)){
const err14 = {instancePath:instancePath+"/api_version",schemaPath:"#/properties/api_version/pattern",keyword:"pattern",params:{pattern: "^[A-Za-z0-9._-]+$"},message:"must match pattern \""+"^[A-Za-z0-9._-]+$"+"\"",schema:"^[A-Za-z0-9._-]+$",parentSchema:schema42.properties.api_version,data:data7};
if(vErrors === null){
vErrors = [err14];
}
else {
vErrors.push(err14);
}
errors++;
}
}
else {
const err15 = {instancePath:instancePath+"/api_version",schemaPath:"#/properties/api_version/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema42.properties.api_version.type,parentSchema:schema42.properties.api_version,data:data7};
if(vErrors === null){
vErrors = [err15];
}
else {
vErrors.push(err15);
}
errors++;
}
}
if(data.auth !== undefined){
let data8 = data.auth;
if(typeof data8 !== "string"){
const err16 = {instancePath:instancePath+"/auth",schemaPath:"#/properties/auth/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema42.properties.auth.type,parentSchema:schema42.properties.auth,data:data8};
if(vErrors === null){
vErrors = [err16];
}
else {
vErrors.push(err16);
}
errors++;
}
if(!((((data8 === "bearer") || (data8 === "x-api-key")) || (data8 === "api-key")) || (data8 === "none"))){
const err17 = {instancePath:instancePath+"/auth",schemaPath:"#/properties/auth/enum",keyword:"enum",params:{allowedValues: schema42.properties.auth.enum},message:"must be equal to one of the allowed values",schema:schema42.properties.auth.enum,parentSchema:schema42.properties.auth,data:data8};
if(vErrors === null){
vErrors = [err17];
}
else {
vErrors.push(err17);
}
errors++;
}
}
if(data.headers !== undefined){
let data9 = data.headers;
if(data9 && typeof data9 == "object" && !Array.isArray(data9)){
if(Object.keys(data9).length > 50){
const err18 = {instancePath:instancePath+"/headers",schemaPath:"#/properties/headers/maxProperties",keyword:"maxProperties",params:{limit: 50},message:"must NOT have more than 50 properties",schema:50,parentSchema:schema42.properties.headers,data:data9};
if(vErrors === null){
vErrors = [err18];
}
else {
vErrors.push(err18);
}
errors++;
}
for(const key1 in data9){
const _errs35 = errors;
if(typeof key1 === "string"){
if(!pattern27.test(key1)){
const err19 = {instancePath:instancePath+"/headers",schemaPath:"#/$defs/headerName/pattern",keyword:"pattern",params:{pattern: "^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,200}$"},message:"must match pattern \""+"^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,200}$"+"\"",schema:"^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,200}$",parentSchema:schema45,data:key1,propertyName:key1};
if(vErrors === null){
vErrors = [err19];
}
else {
vErrors.push(err19);
}
errors++;
}
}
else {
const err20 = {instancePath:instancePath+"/headers",schemaPath:"#/$defs/headerName/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema45.type,parentSchema:schema45,data:key1,propertyName:key1};
if(vErrors === null){
vErrors = [err20];
}
else {
vErrors.push(err20);
}
errors++;
}
var valid3 = _errs35 === errors;
if(!valid3){
const err21 = {instancePath:instancePath+"/headers",schemaPath:"#/properties/headers/propertyNames",keyword:"propertyNames",params:{propertyName: key1},message:"property name must be valid",schema:schema42.properties.headers.propertyNames,parentSchema:schema42.properties.headers,data:data9};
if(vErrors === null){
vErrors = [err21];
}
else {
vErrors.push(err21);
}
errors++;
}
}
for(const key2 in data9){
let data10 = data9[key2];
if(typeof data10 === "string"){
if(!pattern28.test(data10)){
const err22 = {instancePath:instancePath+"/headers/" + key2.replace(/~/g, "~0").replace(/\//g, "~1"),schemaPath:"#/properties/headers/additionalProperties/pattern",keyword:"pattern",params:{pattern: "^[ -~]{0,4096}$"},message:"must match pattern \""+"^[ -~]{0,4096}$"+"\"",schema:"^[ -~]{0,4096}$",parentSchema:schema42.properties.headers.additionalProperties,data:data10};
if(vErrors === null){
vErrors = [err22];
}
else {
vErrors.push(err22);
}
errors++;
}
}
else {
const err23 = {instancePath:instancePath+"/headers/" + key2.replace(/~/g, "~0").replace(/\//g, "~1"),schemaPath:"#/properties/headers/additionalProperties/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema42.properties.headers.additionalProperties.type,parentSchema:schema42.properties.headers.additionalProperties,data:data10};
if(vErrors === null){
vErrors = [err23];
}
else {
vErrors.push(err23);
}
errors++;
}
}
}
else {
const err24 = {instancePath:instancePath+"/headers",schemaPath:"#/properties/headers/type",keyword:"type",params:{type: "object"},message:"must be object",schema:schema42.properties.headers.type,parentSchema:schema42.properties.headers,data:data9};
if(vErrors === null){
vErrors = [err24];
}
else {
vErrors.push(err24);
}
errors++;
}
}
if(data.headers_env !== undefined){
let data11 = data.headers_env;
if(data11 && typeof data11 == "object" && !Array.isArray(data11)){
if(Object.keys(data11).length > 50){
const err25 = {instancePath:instancePath+"/headers_env",schemaPath:"#/properties/headers_env/maxProperties",keyword:"maxProperties",params:{limit: 50},message:"must NOT have more than 50 properties",schema:50,parentSchema:schema42.properties.headers_env,data:data11};
if(vErrors === null){
vErrors = [err25];
}
else {
vErrors.push(err25);
}
errors++;
}
for(const key3 in data11){
const _errs46 = errors;
if(typeof key3 === "string"){
if(!pattern27.test(key3)){
const err26 = {instancePath:instancePath+"/headers_env",schemaPath:"#/$defs/headerName/pattern",keyword:"pattern",params:{pattern: "^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,200}$"},message:"must match pattern \""+"^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,200}$"+"\"",schema:"^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,200}$",parentSchema:schema45,data:key3,propertyName:key3};
if(vErrors === null){
vErrors = [err26];
}
else {
vErrors.push(err26);
}
errors++;
}
}
else {
const err27 = {instancePath:instancePath+"/headers_env",schemaPath:"#/$defs/headerName/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema45.type,parentSchema:schema45,data:key3,propertyName:key3};
if(vErrors === null){
vErrors = [err27];
}
else {
vErrors.push(err27);
}
errors++;
}
var valid6 = _errs46 === errors;
if(!valid6){
const err28 = {instancePath:instancePath+"/headers_env",schemaPath:"#/properties/headers_env/propertyNames",keyword:"propertyNames",params:{propertyName: key3},message:"property name must be valid",schema:schema42.properties.headers_env.propertyNames,parentSchema:schema42.properties.headers_env,data:data11};
if(vErrors === null){
vErrors = [err28];
}
else {
vErrors.push(err28);
}
errors++;
}
}
for(const key4 in data11){
let data12 = data11[key4];
if(typeof data12 === "string"){
if(!pattern24.test(data12)){
const err29 = {instancePath:instancePath+"/headers_env/" + key4.replace(/~/g, "~0").replace(/\//g, "~1"),schemaPath:"#/$defs/variable/pattern",keyword:"pattern",params:{pattern: "^[A-Za-z_][A-Za-z0-9_]*$"},message:"must match pattern \""+"^[A-Za-z_][A-Za-z0-9_]*$"+"\"",schema:"^[A-Za-z_][A-Za-z0-9_]*$",parentSchema:schema43,data:data12};
if(vErrors === null){
vErrors = [err29];
}
else {
vErrors.push(err29);
}
errors++;
}
}
else {
const err30 = {instancePath:instancePath+"/headers_env/" + key4.replace(/~/g, "~0").replace(/\//g, "~1"),schemaPath:"#/$defs/variable/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema43.type,parentSchema:schema43,data:data12};
if(vErrors === null){
vErrors = [err30];
}
else {
vErrors.push(err30);
}
errors++;
}
}
}
else {
const err31 = {instancePath:instancePath+"/headers_env",schemaPath:"#/properties/headers_env/type",keyword:"type",params:{type: "object"},message:"must be object",schema:schema42.properties.headers_env.type,parentSchema:schema42.properties.headers_env,data:data11};
if(vErrors === null){
vErrors = [err31];
}
else {
vErrors.push(err31);
}
errors++;
}
}
if(data.query !== undefined){
let data13 = data.query;
if(data13 && typeof data13 == "object" && !Array.isArray(data13)){
if(Object.keys(data13).length > 50){
const err32 = {instancePath:instancePath+"/query",schemaPath:"#/properties/query/maxProperties",keyword:"maxProperties",params:{limit: 50},message:"must NOT have more than 50 properties",schema:50,parentSchema:schema42.properties.query,data:data13};
if(vErrors === null){
vErrors = [err32];
}
else {
vErrors.push(err32);
}
errors++;
}
for(const key5 in data13){
const _errs58 = errors;
if(typeof key5 === "string"){
if(!pattern31.test(key5)){
const err33 = {instancePath:instancePath+"/query",schemaPath:"#/properties/query/propertyNames/pattern",keyword:"pattern",params:{pattern: "^[A-Za-z][A-Za-z0-9._-]*$"},message:"must match pattern \""+"^[A-Za-z][A-Za-z0-9._-]*$"+"\"",schema:"^[A-Za-z][A-Za-z0-9._-]*$",parentSchema:schema42.properties.query.propertyNames,data:key5,propertyName:key5};
if(vErrors === null){
vErrors = [err33];
}
else {
vErrors.push(err33);
}
errors++;
}
}
var valid10 = _errs58 === errors;
if(!valid10){
const err34 = {instancePath:instancePath+"/query",schemaPath:"#/properties/query/propertyNames",keyword:"propertyNames",params:{propertyName: key5},message:"property name must be valid",schema:schema42.properties.query.propertyNames,parentSchema:schema42.properties.query,data:data13};
if(vErrors === null){
vErrors = [err34];
}
else {
vErrors.push(err34);
}
errors++;
}
}
for(const key6 in data13){
if(!(pattern4.test(key6))){
let data14 = data13[key6];
if(typeof data14 === "string"){
if(!pattern28.test(data14)){
const err35 = {instancePath:instancePath+"/query/" + key6.replace(/~/g, "~0").replace(/\//g, "~1"),schemaPath:"#/properties/query/additionalProperties/pattern",keyword:"pattern",params:{pattern: "^[ -~]{0,4096}$"},message:"must match pattern \""+"^[ -~]{0,4096}$"+"\"",schema:"^[ -~]{0,4096}$",parentSchema:schema42.properties.query.additionalProperties,data:data14};
if(vErrors === null){
vErrors = [err35];
}
else {
vErrors.push(err35);
}
errors++;
}
}
else {
const err36 = {instancePath:instancePath+"/query/" + key6.replace(/~/g, "~0").replace(/\//g, "~1"),schemaPath:"#/properties/query/additionalProperties/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema42.properties.query.additionalProperties.type,parentSchema:schema42.properties.query.additionalProperties,data:data14};
if(vErrors === null){
vErrors = [err36];
}
else {
vErrors.push(err36);
}
errors++;
}
}
}
}
else {
const err37 = {instancePath:instancePath+"/query",schemaPath:"#/properties/query/type",keyword:"type",params:{type: "object"},message:"must be object",schema:schema42.properties.query.type,parentSchema:schema42.properties.query,data:data13};
if(vErrors === null){
vErrors = [err37];
}
else {
vErrors.push(err37);
}
errors++;
}
}
if(data.max_tokens_field !== undefined){
let data15 = data.max_tokens_field;
if(typeof data15 !== "string"){
const err38 = {instancePath:instancePath+"/max_tokens_field",schemaPath:"#/properties/max_tokens_field/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema42.properties.max_tokens_field.type,parentSchema:schema42.properties.max_tokens_field,data:data15};
if(vErrors === null){
vErrors = [err38];
}
else {
vErrors.push(err38);
}
errors++;
}
if(!((((data15 === "max_tokens") || (data15 === "max_completion_tokens")) || (data15 === "max_output_tokens")) || (data15 === "max_new_tokens"))){
const err39 = {instancePath:instancePath+"/max_tokens_field",schemaPath:"#/properties/max_tokens_field/enum",keyword:"enum",params:{allowedValues: schema42.properties.max_tokens_field.enum},message:"must be equal to one of the allowed values",schema:schema42.properties.max_tokens_field.enum,parentSchema:schema42.properties.max_tokens_field,data:data15};
if(vErrors === null){
vErrors = [err39];
}
else {
vErrors.push(err39);
}
errors++;
}
}
if(data.stream !== undefined){
let data16 = data.stream;
if(typeof data16 !== "string"){
const err40 = {instancePath:instancePath+"/stream",schemaPath:"#/properties/stream/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema42.properties.stream.type,parentSchema:schema42.properties.stream,data:data16};
if(vErrors === null){
vErrors = [err40];
}
else {
vErrors.push(err40);
}
errors++;
}
if(!(((data16 === "auto") || (data16 === "always")) || (data16 === "never"))){
const err41 = {instancePath:instancePath+"/stream",schemaPath:"#/properties/stream/enum",keyword:"enum",params:{allowedValues: schema42.properties.stream.enum},message:"must be equal to one of the allowed values",schema:schema42.properties.stream.enum,parentSchema:schema42.properties.stream,data:data16};
if(vErrors === null){
vErrors = [err41];
}
else {
vErrors.push(err41);
}
errors++;
}
}
if(data.structured_output !== undefined){
let data17 = data.structured_output;
if(typeof data17 !== "string"){
const err42 = {instancePath:instancePath+"/structured_output",schemaPath:"#/properties/structured_output/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema42.properties.structured_output.type,parentSchema:schema42.properties.structured_output,data:data17};
if(vErrors === null){
vErrors = [err42];
}
else {
vErrors.push(err42);
}
errors++;
}
if(!((data17 === "native") || (data17 === "prompt"))){
const err43 = {instancePath:instancePath+"/structured_output",schemaPath:"#/properties/structured_output/enum",keyword:"enum",params:{allowedValues: schema42.properties.structured_output.enum},message:"must be equal to one of the allowed values",schema:schema42.properties.structured_output.enum,parentSchema:schema42.properties.structured_output,data:data17};
if(vErrors === null){
vErrors = [err43];
}
else {
vErrors.push(err43);
}
errors++;
}
}
if(data.attachments !== undefined){
let data18 = data.attachments;
if(typeof data18 !== "string"){
const err44 = {instancePath:instancePath+"/attachments",schemaPath:"#/properties/attachments/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema42.properties.attachments.type,parentSchema:schema42.properties.attachments,data:data18};
if(vErrors === null){
vErrors = [err44];
}
else {
vErrors.push(err44);
}
errors++;
}
if(!(((data18 === "none") || (data18 === "images")) || (data18 === "all"))){
const err45 = {instancePath:instancePath+"/attachments",schemaPath:"#/properties/attachments/enum",keyword:"enum",params:{allowedValues: schema42.properties.attachments.enum},message:"must be equal to one of the allowed values",schema:schema42.properties.attachments.enum,parentSchema:schema42.properties.attachments,data:data18};
if(vErrors === null){
vErrors = [err45];
}
else {
vErrors.push(err45);
}
errors++;
}
}
if(data.limits !== undefined){
if(!(validate29(data.limits, {instancePath:instancePath+"/limits",parentData:data,parentDataProperty:"limits",rootData,dynamicAnchors}))){
vErrors = vErrors === null ? validate29.errors : appended(vErrors, validate29.errors);
errors = vErrors.length;
}
}
if(data.models !== undefined){
let data20 = data.models;
if(data20 && typeof data20 == "object" && !Array.isArray(data20)){
for(const key7 in data20){
if(!(pattern4.test(key7))){
let data21 = data20[key7];
if(data21 && typeof data21 == "object" && !Array.isArray(data21)){
for(const key8 in data21){
if(!(((key8 === "limits") || (key8 === "max_tokens")) || (pattern4.test(key8)))){
const err46 = {instancePath:instancePath+"/models/" + key7.replace(/~/g, "~0").replace(/\//g, "~1"),schemaPath:"#/properties/models/additionalProperties/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key8},message:"must NOT have additional properties",schema:false,parentSchema:schema42.properties.models.additionalProperties,data:data21};
if(vErrors === null){
vErrors = [err46];
}
else {
vErrors.push(err46);
}
errors++;
}
}
if(data21.limits !== undefined){
if(!(validate29(data21.limits, {instancePath:instancePath+"/models/" + key7.replace(/~/g, "~0").replace(/\//g, "~1")+"/limits",parentData:data21,parentDataProperty:"limits",rootData,dynamicAnchors}))){
vErrors = vErrors === null ? validate29.errors : appended(vErrors, validate29.errors);
errors = vErrors.length;
}
}
if(data21.max_tokens !== undefined){
let data23 = data21.max_tokens;
if((!(((typeof data23 == "number") && (!(data23 % 1) && !isNaN(data23))) && (isFinite(data23)))) && (typeof data23 !== "string")){
const err47 = {instancePath:instancePath+"/models/" + key7.replace(/~/g, "~0").replace(/\//g, "~1")+"/max_tokens",schemaPath:"#/$defs/count/type",keyword:"type",params:{type: schema39.type},message:"must be integer,string",schema:schema39.type,parentSchema:schema39,data:data23};
if(vErrors === null){
vErrors = [err47];
}
else {
vErrors.push(err47);
}
errors++;
}
if((typeof data23 == "number") && (isFinite(data23))){
if(data23 < 1 || isNaN(data23)){
const err48 = {instancePath:instancePath+"/models/" + key7.replace(/~/g, "~0").replace(/\//g, "~1")+"/max_tokens",schemaPath:"#/$defs/count/minimum",keyword:"minimum",params:{comparison: ">=", limit: 1},message:"must be >= 1",schema:1,parentSchema:schema39,data:data23};
if(vErrors === null){
vErrors = [err48];
}
else {
vErrors.push(err48);
}
errors++;
}
}
if(typeof data23 === "string"){
if(!pattern15.test(data23)){
const err49 = {instancePath:instancePath+"/models/" + key7.replace(/~/g, "~0").replace(/\//g, "~1")+"/max_tokens",schemaPath:"#/$defs/count/pattern",keyword:"pattern",params:{pattern: "^\\d[\\d_]*(\\.\\d+)?[kKmM]?$"},message:"must match pattern \""+"^\\d[\\d_]*(\\.\\d+)?[kKmM]?$"+"\"",schema:"^\\d[\\d_]*(\\.\\d+)?[kKmM]?$",parentSchema:schema39,data:data23};
if(vErrors === null){
vErrors = [err49];
}
else {
vErrors.push(err49);
}
errors++;
}
}
}
}
else {
const err50 = {instancePath:instancePath+"/models/" + key7.replace(/~/g, "~0").replace(/\//g, "~1"),schemaPath:"#/properties/models/additionalProperties/type",keyword:"type",params:{type: "object"},message:"must be object",schema:schema42.properties.models.additionalProperties.type,parentSchema:schema42.properties.models.additionalProperties,data:data21};
if(vErrors === null){
vErrors = [err50];
}
else {
vErrors.push(err50);
}
errors++;
}
}
}
}
else {
const err51 = {instancePath:instancePath+"/models",schemaPath:"#/properties/models/type",keyword:"type",params:{type: "object"},message:"must be object",schema:schema42.properties.models.type,parentSchema:schema42.properties.models,data:data20};
if(vErrors === null){
vErrors = [err51];
}
else {
vErrors.push(err51);
}
errors++;
}
}
if(data.batch !== undefined){
let data24 = data.batch;
if(typeof data24 !== "boolean"){
const err52 = {instancePath:instancePath+"/batch",schemaPath:"#/properties/batch/type",keyword:"type",params:{type: "boolean"},message:"must be boolean",schema:schema42.properties.batch.type,parentSchema:schema42.properties.batch,data:data24};
if(vErrors === null){
vErrors = [err52];
}
else {
vErrors.push(err52);
}
errors++;
}
}
if(data.flex !== undefined){
let data25 = data.flex;
if(typeof data25 !== "boolean"){
const err53 = {instancePath:instancePath+"/flex",schemaPath:"#/properties/flex/type",keyword:"type",params:{type: "boolean"},message:"must be boolean",schema:schema42.properties.flex.type,parentSchema:schema42.properties.flex,data:data25};
if(vErrors === null){
vErrors = [err53];
}
else {
vErrors.push(err53);
}
errors++;
}
}
if(data.mock !== undefined){
if(!(validate32(data.mock, {instancePath:instancePath+"/mock",parentData:data,parentDataProperty:"mock",rootData,dynamicAnchors}))){
vErrors = vErrors === null ? validate32.errors : appended(vErrors, validate32.errors);
errors = vErrors.length;
}
}
}
else {
const err54 = {instancePath,schemaPath:"#/type",keyword:"type",params:{type: "object"},message:"must be object",schema:schema42.type,parentSchema:schema42,data};
if(vErrors === null){
vErrors = [err54];
}
else {
vErrors.push(err54);
}
errors++;
}
validate28.errors = vErrors;
return errors === 0;
}
validate28.evaluated = {"props":true,"dynamicProps":false,"dynamicItems":false};

const schema63 = {"$comment":"text or a map of task fields","examples":["What is 2+2?"],"type":["string","object"],"anyOf":[{"required":["prompt"]},{"required":["messages"]}],"properties":{"id":{"$ref":"#/$defs/taskId"},"description":{"$comment":"text","type":"string","examples":["Finds bugs in each file"]},"prompt":{"$ref":"#/$defs/text","examples":["Summarize {{ item.text }} in one sentence.","Review {{ item.path }}:\n{{ item.text }}"]},"messages":{"$comment":"list of messages","type":"array","minItems":1,"items":{"$comment":"message `{role, content}`","type":"object","required":["role","content"],"additionalProperties":false,"patternProperties":{"^x-":{}},"properties":{"role":{"$comment":"role","type":"string","enum":["user","assistant"]},"content":{"$ref":"#/$defs/text"}},"examples":[{"role":"user","content":"2+2?"}]},"examples":[[{"role":"user","content":"2+2?"},{"role":"assistant","content":"4"},{"role":"user","content":"{{ item }}"}]]},"model":{"$ref":"#/$defs/model"},"models":{"$ref":"#/$defs/models"},"system":{"$ref":"#/$defs/text"},"attachments":{"$comment":"list of files","examples":[["diagram.png","reports/*.pdf"]],"type":["string","array"],"pattern":"\\S","items":{"$comment":"file name or pattern","type":"string","pattern":"\\S","examples":["diagram.png"]}},"max_tokens":{"$ref":"#/$defs/count"},"temperature":{"$comment":"number from 0 to 2","type":"number","minimum":0,"maximum":2,"examples":[0,0.7]},"top_p":{"$comment":"number from 0 to 1","type":"number","minimum":0,"maximum":1,"examples":[0.9]},"stop":{"$ref":"#/$defs/textOrTexts","examples":["\n\n"]},"reasoning":{"$comment":"reasoning effort","type":"string","enum":["none","minimal","low","medium","high","xhigh","max"]},"schema":{"$comment":"JSON Schema","type":"object","examples":[{"type":"object","properties":{"score":{"type":"integer"}},"required":["score"]}]},"expect":{"$comment":"condition or JSON Schema","type":["string","object"],"pattern":"\\S","examples":["output.confidence > 0.5",{"enum":["billing","refund"]}]},"on_truncated":{"$comment":"way to handle a truncated answer","type":"string","enum":["fail","grow"]},"mode":{"$comment":"mode","type":"string","enum":["realtime","flex","batch","auto"]},"prompt_cache":{"$comment":"`auto`, `off` or a lifetime","type":"string","enum":["auto","off","5m","1h","30m","12h"]},"timeout":{"$ref":"#/$defs/duration","examples":["90s"]},"max_retries":{"$comment":"whole number from 0 to 100","type":"integer","minimum":0,"maximum":100,"examples":[3]},"for_each":{"$ref":"#/$defs/forEach"},"matrix":{"$ref":"#/$defs/matrix"},"repeat":{"$comment":"whole number from 1 to 1000","type":"integer","minimum":1,"maximum":1000,"examples":[3]},"needs":{"$comment":"list of task ids","examples":[["review"]],"type":["string","array"],"items":{"$ref":"#/$defs/need"}},"if":{"$comment":"condition","type":["string","boolean"],"pattern":"\\S","examples":["needs.triage.output contains \"yes\""]},"tags":{"$comment":"list of tags","type":"array","items":{"$comment":"tag","type":"string","pattern":"^\\S+$","examples":["nightly"]},"examples":[["nightly"]]},"context":{"$comment":"true or false","type":"boolean"},"params":{"$comment":"map of parameters","type":"object","examples":[{"seed":7}]}},"additionalProperties":false,"patternProperties":{"^x-":{}}};
const schema64 = {"$comment":"task id","type":"string","pattern":"^[A-Za-z0-9_][A-Za-z0-9_.-]*$","examples":["review"]};
const schema68 = {"$comment":"list of rows, `{glob: …}`, `{file: …}`, `{files: …}` or `{needs: …}`","examples":[{"glob":"src/**/*.ts"}],"type":["array","object"],"properties":{"glob":{"$comment":"pattern or a list of patterns","examples":["src/**/*.ts"],"type":["string","array"],"items":{"$comment":"pattern","type":"string","examples":["src/**/*.ts"]}},"file":{"$comment":"file name","type":"string","pattern":"\\S","examples":["rows.csv"]},"files":{"$comment":"file of paths or a list of paths","examples":["changed.txt"],"type":["string","array"],"pattern":"\\S","items":{"$comment":"path","type":"string","pattern":"\\S","examples":["src/auth.ts"]}},"needs":{"$comment":"task id","type":"string","examples":["review"]},"format":{"$comment":"file format","type":"string","enum":["csv","tsv","jsonl","json","yaml","parquet","lines"]},"delimiter":{"$comment":"delimiter","type":"string","enum":[",",";","\t","|"]},"encoding":{"$comment":"encoding","type":"string","enum":["utf-8","utf-16","windows-1252"]},"key":{"$comment":"column name","type":"string","pattern":"\\S","examples":["id"]}},"additionalProperties":false,"patternProperties":{"^x-":{}}};
const schema69 = {"$comment":"map of lists","type":"object","properties":{"include":{"$comment":"list of combinations","type":"array","items":{"$comment":"map of values","type":"object","examples":[{"lens":"style"}]},"examples":[[{"lens":"style"}]]},"exclude":{"$comment":"list of combinations","type":"array","items":{"$comment":"map of values","type":"object","examples":[{"lens":"style"}]},"examples":[[{"lens":"style"}]]}},"patternProperties":{"^x-":{}},"additionalProperties":{"$comment":"list of values","type":"array","examples":[["bugs","style"]]},"examples":[{"lens":["bugs","style"]}]};
const schema70 = {"$comment":"task id or `{id, allow_failed}`","examples":[{"id":"review","allow_failed":true}],"type":["string","object"],"properties":{"id":{"$comment":"task id","type":"string","examples":["review"]},"allow_failed":{"$comment":"true or false","type":"boolean"}},"required":["id"],"additionalProperties":false,"patternProperties":{"^x-":{}}};
const pattern58 = new RegExp("^[A-Za-z0-9_][A-Za-z0-9_.-]*$", "u");

function validate35(data, {instancePath="", parentData, parentDataProperty, rootData=data, dynamicAnchors={}}={}){
let vErrors = null;
let errors = 0;
const evaluated0 = validate35.evaluated;
if(evaluated0.dynamicProps){
evaluated0.props = undefined;
}
if(evaluated0.dynamicItems){
evaluated0.items = undefined;
}
if((typeof data !== "string") && (!(data && typeof data == "object" && !Array.isArray(data)))){
const err0 = {instancePath,schemaPath:"#/type",keyword:"type",params:{type: schema63.type},message:"must be string,object",schema:schema63.type,parentSchema:schema63,data};
if(vErrors === null){
vErrors = [err0];
}
else {
vErrors.push(err0);
}
errors++;
}
const _errs2 = errors;
let valid0 = false;
const _errs3 = errors;
if(data && typeof data == "object" && !Array.isArray(data)){
if(data.prompt === undefined){
const err1 = {instancePath,schemaPath:"#/anyOf/0/required",keyword:"required",params:{missingProperty: "prompt"},message:"must have required property '"+"prompt"+"'",schema:schema63.anyOf[0].required,parentSchema:schema63.anyOf[0],data};
if(vErrors === null){
vErrors = [err1];
}
else {
vErrors.push(err1);
}
errors++;
}
}
var _valid0 = _errs3 === errors;
valid0 = valid0 || _valid0;
const _errs4 = errors;
if(data && typeof data == "object" && !Array.isArray(data)){
if(data.messages === undefined){
const err2 = {instancePath,schemaPath:"#/anyOf/1/required",keyword:"required",params:{missingProperty: "messages"},message:"must have required property '"+"messages"+"'",schema:schema63.anyOf[1].required,parentSchema:schema63.anyOf[1],data};
if(vErrors === null){
vErrors = [err2];
}
else {
vErrors.push(err2);
}
errors++;
}
}
var _valid0 = _errs4 === errors;
valid0 = valid0 || _valid0;
if(!valid0){
const err3 = {instancePath,schemaPath:"#/anyOf",keyword:"anyOf",params:{},message:"must match a schema in anyOf",schema:schema63.anyOf,parentSchema:schema63,data};
if(vErrors === null){
vErrors = [err3];
}
else {
vErrors.push(err3);
}
errors++;
}
else {
errors = _errs2;
if(vErrors !== null){
if(_errs2){
vErrors.length = _errs2;
}
else {
vErrors = null;
}
}
}
if(data && typeof data == "object" && !Array.isArray(data)){
for(const key0 in data){
if(!((func1.call(schema63.properties, key0)) || (pattern4.test(key0)))){
const err4 = {instancePath,schemaPath:"#/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key0},message:"must NOT have additional properties",schema:false,parentSchema:schema63,data};
if(vErrors === null){
vErrors = [err4];
}
else {
vErrors.push(err4);
}
errors++;
}
}
if(data.id !== undefined){
let data0 = data.id;
if(typeof data0 === "string"){
if(!pattern58.test(data0)){
const err5 = {instancePath:instancePath+"/id",schemaPath:"#/$defs/taskId/pattern",keyword:"pattern",params:{pattern: "^[A-Za-z0-9_][A-Za-z0-9_.-]*$"},message:"must match pattern \""+"^[A-Za-z0-9_][A-Za-z0-9_.-]*$"+"\"",schema:"^[A-Za-z0-9_][A-Za-z0-9_.-]*$",parentSchema:schema64,data:data0};
if(vErrors === null){
vErrors = [err5];
}
else {
vErrors.push(err5);
}
errors++;
}
}
else {
const err6 = {instancePath:instancePath+"/id",schemaPath:"#/$defs/taskId/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema64.type,parentSchema:schema64,data:data0};
if(vErrors === null){
vErrors = [err6];
}
else {
vErrors.push(err6);
}
errors++;
}
}
if(data.description !== undefined){
let data1 = data.description;
if(typeof data1 !== "string"){
const err7 = {instancePath:instancePath+"/description",schemaPath:"#/properties/description/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema63.properties.description.type,parentSchema:schema63.properties.description,data:data1};
if(vErrors === null){
vErrors = [err7];
}
else {
vErrors.push(err7);
}
errors++;
}
}
if(data.prompt !== undefined){
if(!(validate21(data.prompt, {instancePath:instancePath+"/prompt",parentData:data,parentDataProperty:"prompt",rootData,dynamicAnchors}))){
vErrors = vErrors === null ? validate21.errors : appended(vErrors, validate21.errors);
errors = vErrors.length;
}
}
if(data.messages !== undefined){
let data3 = data.messages;
if(Array.isArray(data3)){
if(data3.length < 1){
const err8 = {instancePath:instancePath+"/messages",schemaPath:"#/properties/messages/minItems",keyword:"minItems",params:{limit: 1},message:"must NOT have fewer than 1 items",schema:1,parentSchema:schema63.properties.messages,data:data3};
if(vErrors === null){
vErrors = [err8];
}
else {
vErrors.push(err8);
}
errors++;
}
const len0 = data3.length;
for(let i0=0; i0<len0; i0++){
let data4 = data3[i0];
if(data4 && typeof data4 == "object" && !Array.isArray(data4)){
if(data4.role === undefined){
const err9 = {instancePath:instancePath+"/messages/" + i0,schemaPath:"#/properties/messages/items/required",keyword:"required",params:{missingProperty: "role"},message:"must have required property '"+"role"+"'",schema:schema63.properties.messages.items.required,parentSchema:schema63.properties.messages.items,data:data4};
if(vErrors === null){
vErrors = [err9];
}
else {
vErrors.push(err9);
}
errors++;
}
if(data4.content === undefined){
const err10 = {instancePath:instancePath+"/messages/" + i0,schemaPath:"#/properties/messages/items/required",keyword:"required",params:{missingProperty: "content"},message:"must have required property '"+"content"+"'",schema:schema63.properties.messages.items.required,parentSchema:schema63.properties.messages.items,data:data4};
if(vErrors === null){
vErrors = [err10];
}
else {
vErrors.push(err10);
}
errors++;
}
for(const key1 in data4){
if(!(((key1 === "role") || (key1 === "content")) || (pattern4.test(key1)))){
const err11 = {instancePath:instancePath+"/messages/" + i0,schemaPath:"#/properties/messages/items/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key1},message:"must NOT have additional properties",schema:false,parentSchema:schema63.properties.messages.items,data:data4};
if(vErrors === null){
vErrors = [err11];
}
else {
vErrors.push(err11);
}
errors++;
}
}
if(data4.role !== undefined){
let data5 = data4.role;
if(typeof data5 !== "string"){
const err12 = {instancePath:instancePath+"/messages/" + i0+"/role",schemaPath:"#/properties/messages/items/properties/role/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema63.properties.messages.items.properties.role.type,parentSchema:schema63.properties.messages.items.properties.role,data:data5};
if(vErrors === null){
vErrors = [err12];
}
else {
vErrors.push(err12);
}
errors++;
}
if(!((data5 === "user") || (data5 === "assistant"))){
const err13 = {instancePath:instancePath+"/messages/" + i0+"/role",schemaPath:"#/properties/messages/items/properties/role/enum",keyword:"enum",params:{allowedValues: schema63.properties.messages.items.properties.role.enum},message:"must be equal to one of the allowed values",schema:schema63.properties.messages.items.properties.role.enum,parentSchema:schema63.properties.messages.items.properties.role,data:data5};
if(vErrors === null){
vErrors = [err13];
}
else {
vErrors.push(err13);
}
errors++;
}
}
if(data4.content !== undefined){
if(!(validate21(data4.content, {instancePath:instancePath+"/messages/" + i0+"/content",parentData:data4,parentDataProperty:"content",rootData,dynamicAnchors}))){
vErrors = vErrors === null ? validate21.errors : appended(vErrors, validate21.errors);
errors = vErrors.length;
}
}
}
else {
const err14 = {instancePath:instancePath+"/messages/" + i0,schemaPath:"#/properties/messages/items/type",keyword:"type",params:{type: "object"},message:"must be object",schema:schema63.properties.messages.items.type,parentSchema:schema63.properties.messages.items,data:data4};
if(vErrors === null){
vErrors = [err14];
}
else {
vErrors.push(err14);
}
errors++;
}
}
}
else {
const err15 = {instancePath:instancePath+"/messages",schemaPath:"#/properties/messages/type",keyword:"type",params:{type: "array"},message:"must be array",schema:schema63.properties.messages.type,parentSchema:schema63.properties.messages,data:data3};
if(vErrors === null){
vErrors = [err15];
}
else {
vErrors.push(err15);
}
errors++;
}
}
if(data.model !== undefined){
if(!(validate23(data.model, {instancePath:instancePath+"/model",parentData:data,parentDataProperty:"model",rootData,dynamicAnchors}))){
vErrors = vErrors === null ? validate23.errors : appended(vErrors, validate23.errors);
errors = vErrors.length;
}
}
if(data.models !== undefined){
if(!(validate25(data.models, {instancePath:instancePath+"/models",parentData:data,parentDataProperty:"models",rootData,dynamicAnchors}))){
vErrors = vErrors === null ? validate25.errors : appended(vErrors, validate25.errors);
errors = vErrors.length;
}
}
if(data.system !== undefined){
if(!(validate21(data.system, {instancePath:instancePath+"/system",parentData:data,parentDataProperty:"system",rootData,dynamicAnchors}))){
vErrors = vErrors === null ? validate21.errors : appended(vErrors, validate21.errors);
errors = vErrors.length;
}
}
if(data.attachments !== undefined){
let data10 = data.attachments;
if((typeof data10 !== "string") && (!(Array.isArray(data10)))){
const err16 = {instancePath:instancePath+"/attachments",schemaPath:"#/properties/attachments/type",keyword:"type",params:{type: schema63.properties.attachments.type},message:"must be string,array",schema:schema63.properties.attachments.type,parentSchema:schema63.properties.attachments,data:data10};
if(vErrors === null){
vErrors = [err16];
}
else {
vErrors.push(err16);
}
errors++;
}
if(typeof data10 === "string"){
if(!pattern6.test(data10)){
const err17 = {instancePath:instancePath+"/attachments",schemaPath:"#/properties/attachments/pattern",keyword:"pattern",params:{pattern: "\\S"},message:"must match pattern \""+"\\S"+"\"",schema:"\\S",parentSchema:schema63.properties.attachments,data:data10};
if(vErrors === null){
vErrors = [err17];
}
else {
vErrors.push(err17);
}
errors++;
}
}
if(Array.isArray(data10)){
const len1 = data10.length;
for(let i1=0; i1<len1; i1++){
let data11 = data10[i1];
if(typeof data11 === "string"){
if(!pattern6.test(data11)){
const err18 = {instancePath:instancePath+"/attachments/" + i1,schemaPath:"#/properties/attachments/items/pattern",keyword:"pattern",params:{pattern: "\\S"},message:"must match pattern \""+"\\S"+"\"",schema:"\\S",parentSchema:schema63.properties.attachments.items,data:data11};
if(vErrors === null){
vErrors = [err18];
}
else {
vErrors.push(err18);
}
errors++;
}
}
else {
const err19 = {instancePath:instancePath+"/attachments/" + i1,schemaPath:"#/properties/attachments/items/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema63.properties.attachments.items.type,parentSchema:schema63.properties.attachments.items,data:data11};
if(vErrors === null){
vErrors = [err19];
}
else {
vErrors.push(err19);
}
errors++;
}
}
}
}
if(data.max_tokens !== undefined){
let data12 = data.max_tokens;
if((!(((typeof data12 == "number") && (!(data12 % 1) && !isNaN(data12))) && (isFinite(data12)))) && (typeof data12 !== "string")){
const err20 = {instancePath:instancePath+"/max_tokens",schemaPath:"#/$defs/count/type",keyword:"type",params:{type: schema39.type},message:"must be integer,string",schema:schema39.type,parentSchema:schema39,data:data12};
if(vErrors === null){
vErrors = [err20];
}
else {
vErrors.push(err20);
}
errors++;
}
if((typeof data12 == "number") && (isFinite(data12))){
if(data12 < 1 || isNaN(data12)){
const err21 = {instancePath:instancePath+"/max_tokens",schemaPath:"#/$defs/count/minimum",keyword:"minimum",params:{comparison: ">=", limit: 1},message:"must be >= 1",schema:1,parentSchema:schema39,data:data12};
if(vErrors === null){
vErrors = [err21];
}
else {
vErrors.push(err21);
}
errors++;
}
}
if(typeof data12 === "string"){
if(!pattern15.test(data12)){
const err22 = {instancePath:instancePath+"/max_tokens",schemaPath:"#/$defs/count/pattern",keyword:"pattern",params:{pattern: "^\\d[\\d_]*(\\.\\d+)?[kKmM]?$"},message:"must match pattern \""+"^\\d[\\d_]*(\\.\\d+)?[kKmM]?$"+"\"",schema:"^\\d[\\d_]*(\\.\\d+)?[kKmM]?$",parentSchema:schema39,data:data12};
if(vErrors === null){
vErrors = [err22];
}
else {
vErrors.push(err22);
}
errors++;
}
}
}
if(data.temperature !== undefined){
let data13 = data.temperature;
if((typeof data13 == "number") && (isFinite(data13))){
if(data13 > 2 || isNaN(data13)){
const err23 = {instancePath:instancePath+"/temperature",schemaPath:"#/properties/temperature/maximum",keyword:"maximum",params:{comparison: "<=", limit: 2},message:"must be <= 2",schema:2,parentSchema:schema63.properties.temperature,data:data13};
if(vErrors === null){
vErrors = [err23];
}
else {
vErrors.push(err23);
}
errors++;
}
if(data13 < 0 || isNaN(data13)){
const err24 = {instancePath:instancePath+"/temperature",schemaPath:"#/properties/temperature/minimum",keyword:"minimum",params:{comparison: ">=", limit: 0},message:"must be >= 0",schema:0,parentSchema:schema63.properties.temperature,data:data13};
if(vErrors === null){
vErrors = [err24];
}
else {
vErrors.push(err24);
}
errors++;
}
}
else {
const err25 = {instancePath:instancePath+"/temperature",schemaPath:"#/properties/temperature/type",keyword:"type",params:{type: "number"},message:"must be number",schema:schema63.properties.temperature.type,parentSchema:schema63.properties.temperature,data:data13};
if(vErrors === null){
vErrors = [err25];
}
else {
vErrors.push(err25);
}
errors++;
}
}
if(data.top_p !== undefined){
let data14 = data.top_p;
if((typeof data14 == "number") && (isFinite(data14))){
if(data14 > 1 || isNaN(data14)){
const err26 = {instancePath:instancePath+"/top_p",schemaPath:"#/properties/top_p/maximum",keyword:"maximum",params:{comparison: "<=", limit: 1},message:"must be <= 1",schema:1,parentSchema:schema63.properties.top_p,data:data14};
if(vErrors === null){
vErrors = [err26];
}
else {
vErrors.push(err26);
}
errors++;
}
if(data14 < 0 || isNaN(data14)){
const err27 = {instancePath:instancePath+"/top_p",schemaPath:"#/properties/top_p/minimum",keyword:"minimum",params:{comparison: ">=", limit: 0},message:"must be >= 0",schema:0,parentSchema:schema63.properties.top_p,data:data14};
if(vErrors === null){
vErrors = [err27];
}
else {
vErrors.push(err27);
}
errors++;
}
}
else {
const err28 = {instancePath:instancePath+"/top_p",schemaPath:"#/properties/top_p/type",keyword:"type",params:{type: "number"},message:"must be number",schema:schema63.properties.top_p.type,parentSchema:schema63.properties.top_p,data:data14};
if(vErrors === null){
vErrors = [err28];
}
else {
vErrors.push(err28);
}
errors++;
}
}
if(data.stop !== undefined){
let data15 = data.stop;
if((typeof data15 !== "string") && (!(Array.isArray(data15)))){
const err29 = {instancePath:instancePath+"/stop",schemaPath:"#/$defs/textOrTexts/type",keyword:"type",params:{type: schema40.type},message:"must be string,array",schema:schema40.type,parentSchema:schema40,data:data15};
if(vErrors === null){
vErrors = [err29];
}
else {
vErrors.push(err29);
}
errors++;
}
if(Array.isArray(data15)){
const len2 = data15.length;
for(let i2=0; i2<len2; i2++){
let data16 = data15[i2];
if(typeof data16 !== "string"){
const err30 = {instancePath:instancePath+"/stop/" + i2,schemaPath:"#/$defs/textOrTexts/items/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema40.items.type,parentSchema:schema40.items,data:data16};
if(vErrors === null){
vErrors = [err30];
}
else {
vErrors.push(err30);
}
errors++;
}
}
}
}
if(data.reasoning !== undefined){
let data17 = data.reasoning;
if(typeof data17 !== "string"){
const err31 = {instancePath:instancePath+"/reasoning",schemaPath:"#/properties/reasoning/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema63.properties.reasoning.type,parentSchema:schema63.properties.reasoning,data:data17};
if(vErrors === null){
vErrors = [err31];
}
else {
vErrors.push(err31);
}
errors++;
}
if(!(((((((data17 === "none") || (data17 === "minimal")) || (data17 === "low")) || (data17 === "medium")) || (data17 === "high")) || (data17 === "xhigh")) || (data17 === "max"))){
const err32 = {instancePath:instancePath+"/reasoning",schemaPath:"#/properties/reasoning/enum",keyword:"enum",params:{allowedValues: schema63.properties.reasoning.enum},message:"must be equal to one of the allowed values",schema:schema63.properties.reasoning.enum,parentSchema:schema63.properties.reasoning,data:data17};
if(vErrors === null){
vErrors = [err32];
}
else {
vErrors.push(err32);
}
errors++;
}
}
if(data.schema !== undefined){
let data18 = data.schema;
if(!(data18 && typeof data18 == "object" && !Array.isArray(data18))){
const err33 = {instancePath:instancePath+"/schema",schemaPath:"#/properties/schema/type",keyword:"type",params:{type: "object"},message:"must be object",schema:schema63.properties.schema.type,parentSchema:schema63.properties.schema,data:data18};
if(vErrors === null){
vErrors = [err33];
}
else {
vErrors.push(err33);
}
errors++;
}
}
if(data.expect !== undefined){
let data19 = data.expect;
if((typeof data19 !== "string") && (!(data19 && typeof data19 == "object" && !Array.isArray(data19)))){
const err34 = {instancePath:instancePath+"/expect",schemaPath:"#/properties/expect/type",keyword:"type",params:{type: schema63.properties.expect.type},message:"must be string,object",schema:schema63.properties.expect.type,parentSchema:schema63.properties.expect,data:data19};
if(vErrors === null){
vErrors = [err34];
}
else {
vErrors.push(err34);
}
errors++;
}
if(typeof data19 === "string"){
if(!pattern6.test(data19)){
const err35 = {instancePath:instancePath+"/expect",schemaPath:"#/properties/expect/pattern",keyword:"pattern",params:{pattern: "\\S"},message:"must match pattern \""+"\\S"+"\"",schema:"\\S",parentSchema:schema63.properties.expect,data:data19};
if(vErrors === null){
vErrors = [err35];
}
else {
vErrors.push(err35);
}
errors++;
}
}
}
if(data.on_truncated !== undefined){
let data20 = data.on_truncated;
if(typeof data20 !== "string"){
const err36 = {instancePath:instancePath+"/on_truncated",schemaPath:"#/properties/on_truncated/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema63.properties.on_truncated.type,parentSchema:schema63.properties.on_truncated,data:data20};
if(vErrors === null){
vErrors = [err36];
}
else {
vErrors.push(err36);
}
errors++;
}
if(!((data20 === "fail") || (data20 === "grow"))){
const err37 = {instancePath:instancePath+"/on_truncated",schemaPath:"#/properties/on_truncated/enum",keyword:"enum",params:{allowedValues: schema63.properties.on_truncated.enum},message:"must be equal to one of the allowed values",schema:schema63.properties.on_truncated.enum,parentSchema:schema63.properties.on_truncated,data:data20};
if(vErrors === null){
vErrors = [err37];
}
else {
vErrors.push(err37);
}
errors++;
}
}
if(data.mode !== undefined){
let data21 = data.mode;
if(typeof data21 !== "string"){
const err38 = {instancePath:instancePath+"/mode",schemaPath:"#/properties/mode/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema63.properties.mode.type,parentSchema:schema63.properties.mode,data:data21};
if(vErrors === null){
vErrors = [err38];
}
else {
vErrors.push(err38);
}
errors++;
}
if(!((((data21 === "realtime") || (data21 === "flex")) || (data21 === "batch")) || (data21 === "auto"))){
const err39 = {instancePath:instancePath+"/mode",schemaPath:"#/properties/mode/enum",keyword:"enum",params:{allowedValues: schema63.properties.mode.enum},message:"must be equal to one of the allowed values",schema:schema63.properties.mode.enum,parentSchema:schema63.properties.mode,data:data21};
if(vErrors === null){
vErrors = [err39];
}
else {
vErrors.push(err39);
}
errors++;
}
}
if(data.prompt_cache !== undefined){
let data22 = data.prompt_cache;
if(typeof data22 !== "string"){
const err40 = {instancePath:instancePath+"/prompt_cache",schemaPath:"#/properties/prompt_cache/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema63.properties.prompt_cache.type,parentSchema:schema63.properties.prompt_cache,data:data22};
if(vErrors === null){
vErrors = [err40];
}
else {
vErrors.push(err40);
}
errors++;
}
if(!((((((data22 === "auto") || (data22 === "off")) || (data22 === "5m")) || (data22 === "1h")) || (data22 === "30m")) || (data22 === "12h"))){
const err41 = {instancePath:instancePath+"/prompt_cache",schemaPath:"#/properties/prompt_cache/enum",keyword:"enum",params:{allowedValues: schema63.properties.prompt_cache.enum},message:"must be equal to one of the allowed values",schema:schema63.properties.prompt_cache.enum,parentSchema:schema63.properties.prompt_cache,data:data22};
if(vErrors === null){
vErrors = [err41];
}
else {
vErrors.push(err41);
}
errors++;
}
}
if(data.timeout !== undefined){
let data23 = data.timeout;
if(typeof data23 === "string"){
if(!pattern17.test(data23)){
const err42 = {instancePath:instancePath+"/timeout",schemaPath:"#/$defs/duration/pattern",keyword:"pattern",params:{pattern: "^(?=.)(\\d+(\\.\\d+)?d)?(\\d+(\\.\\d+)?h)?(\\d+(\\.\\d+)?m)?(\\d+(\\.\\d+)?s)?(\\d+(\\.\\d+)?ms)?$"},message:"must match pattern \""+"^(?=.)(\\d+(\\.\\d+)?d)?(\\d+(\\.\\d+)?h)?(\\d+(\\.\\d+)?m)?(\\d+(\\.\\d+)?s)?(\\d+(\\.\\d+)?ms)?$"+"\"",schema:"^(?=.)(\\d+(\\.\\d+)?d)?(\\d+(\\.\\d+)?h)?(\\d+(\\.\\d+)?m)?(\\d+(\\.\\d+)?s)?(\\d+(\\.\\d+)?ms)?$",parentSchema:schema41,data:data23};
if(vErrors === null){
vErrors = [err42];
}
else {
vErrors.push(err42);
}
errors++;
}
}
else {
const err43 = {instancePath:instancePath+"/timeout",schemaPath:"#/$defs/duration/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema41.type,parentSchema:schema41,data:data23};
if(vErrors === null){
vErrors = [err43];
}
else {
vErrors.push(err43);
}
errors++;
}
}
if(data.max_retries !== undefined){
let data24 = data.max_retries;
if(!(((typeof data24 == "number") && (!(data24 % 1) && !isNaN(data24))) && (isFinite(data24)))){
const err44 = {instancePath:instancePath+"/max_retries",schemaPath:"#/properties/max_retries/type",keyword:"type",params:{type: "integer"},message:"must be integer",schema:schema63.properties.max_retries.type,parentSchema:schema63.properties.max_retries,data:data24};
if(vErrors === null){
vErrors = [err44];
}
else {
vErrors.push(err44);
}
errors++;
}
if((typeof data24 == "number") && (isFinite(data24))){
if(data24 > 100 || isNaN(data24)){
const err45 = {instancePath:instancePath+"/max_retries",schemaPath:"#/properties/max_retries/maximum",keyword:"maximum",params:{comparison: "<=", limit: 100},message:"must be <= 100",schema:100,parentSchema:schema63.properties.max_retries,data:data24};
if(vErrors === null){
vErrors = [err45];
}
else {
vErrors.push(err45);
}
errors++;
}
if(data24 < 0 || isNaN(data24)){
const err46 = {instancePath:instancePath+"/max_retries",schemaPath:"#/properties/max_retries/minimum",keyword:"minimum",params:{comparison: ">=", limit: 0},message:"must be >= 0",schema:0,parentSchema:schema63.properties.max_retries,data:data24};
if(vErrors === null){
vErrors = [err46];
}
else {
vErrors.push(err46);
}
errors++;
}
}
}
if(data.for_each !== undefined){
let data25 = data.for_each;
if(!data25 || typeof data25 != "object"){
const err47 = {instancePath:instancePath+"/for_each",schemaPath:"#/$defs/forEach/type",keyword:"type",params:{type: schema68.type},message:"must be array,object",schema:schema68.type,parentSchema:schema68,data:data25};
if(vErrors === null){
vErrors = [err47];
}
else {
vErrors.push(err47);
}
errors++;
}
if(data25 && typeof data25 == "object" && !Array.isArray(data25)){
for(const key2 in data25){
if(!(((((((((key2 === "glob") || (key2 === "file")) || (key2 === "files")) || (key2 === "needs")) || (key2 === "format")) || (key2 === "delimiter")) || (key2 === "encoding")) || (key2 === "key")) || (pattern4.test(key2)))){
const err48 = {instancePath:instancePath+"/for_each",schemaPath:"#/$defs/forEach/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key2},message:"must NOT have additional properties",schema:false,parentSchema:schema68,data:data25};
if(vErrors === null){
vErrors = [err48];
}
else {
vErrors.push(err48);
}
errors++;
}
}
if(data25.glob !== undefined){
let data26 = data25.glob;
if((typeof data26 !== "string") && (!(Array.isArray(data26)))){
const err49 = {instancePath:instancePath+"/for_each/glob",schemaPath:"#/$defs/forEach/properties/glob/type",keyword:"type",params:{type: schema68.properties.glob.type},message:"must be string,array",schema:schema68.properties.glob.type,parentSchema:schema68.properties.glob,data:data26};
if(vErrors === null){
vErrors = [err49];
}
else {
vErrors.push(err49);
}
errors++;
}
if(Array.isArray(data26)){
const len3 = data26.length;
for(let i3=0; i3<len3; i3++){
let data27 = data26[i3];
if(typeof data27 !== "string"){
const err50 = {instancePath:instancePath+"/for_each/glob/" + i3,schemaPath:"#/$defs/forEach/properties/glob/items/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema68.properties.glob.items.type,parentSchema:schema68.properties.glob.items,data:data27};
if(vErrors === null){
vErrors = [err50];
}
else {
vErrors.push(err50);
}
errors++;
}
}
}
}
if(data25.file !== undefined){
let data28 = data25.file;
if(typeof data28 === "string"){
if(!pattern6.test(data28)){
const err51 = {instancePath:instancePath+"/for_each/file",schemaPath:"#/$defs/forEach/properties/file/pattern",keyword:"pattern",params:{pattern: "\\S"},message:"must match pattern \""+"\\S"+"\"",schema:"\\S",parentSchema:schema68.properties.file,data:data28};
if(vErrors === null){
vErrors = [err51];
}
else {
vErrors.push(err51);
}
errors++;
}
}
else {
const err52 = {instancePath:instancePath+"/for_each/file",schemaPath:"#/$defs/forEach/properties/file/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema68.properties.file.type,parentSchema:schema68.properties.file,data:data28};
if(vErrors === null){
vErrors = [err52];
}
else {
vErrors.push(err52);
}
errors++;
}
}
if(data25.files !== undefined){
let data29 = data25.files;
if((typeof data29 !== "string") && (!(Array.isArray(data29)))){
const err53 = {instancePath:instancePath+"/for_each/files",schemaPath:"#/$defs/forEach/properties/files/type",keyword:"type",params:{type: schema68.properties.files.type},message:"must be string,array",schema:schema68.properties.files.type,parentSchema:schema68.properties.files,data:data29};
if(vErrors === null){
vErrors = [err53];
}
else {
vErrors.push(err53);
}
errors++;
}
if(typeof data29 === "string"){
if(!pattern6.test(data29)){
const err54 = {instancePath:instancePath+"/for_each/files",schemaPath:"#/$defs/forEach/properties/files/pattern",keyword:"pattern",params:{pattern: "\\S"},message:"must match pattern \""+"\\S"+"\"",schema:"\\S",parentSchema:schema68.properties.files,data:data29};
if(vErrors === null){
vErrors = [err54];
}
else {
vErrors.push(err54);
}
errors++;
}
}
if(Array.isArray(data29)){
const len4 = data29.length;
for(let i4=0; i4<len4; i4++){
let data30 = data29[i4];
if(typeof data30 === "string"){
if(!pattern6.test(data30)){
const err55 = {instancePath:instancePath+"/for_each/files/" + i4,schemaPath:"#/$defs/forEach/properties/files/items/pattern",keyword:"pattern",params:{pattern: "\\S"},message:"must match pattern \""+"\\S"+"\"",schema:"\\S",parentSchema:schema68.properties.files.items,data:data30};
if(vErrors === null){
vErrors = [err55];
}
else {
vErrors.push(err55);
}
errors++;
}
}
else {
const err56 = {instancePath:instancePath+"/for_each/files/" + i4,schemaPath:"#/$defs/forEach/properties/files/items/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema68.properties.files.items.type,parentSchema:schema68.properties.files.items,data:data30};
if(vErrors === null){
vErrors = [err56];
}
else {
vErrors.push(err56);
}
errors++;
}
}
}
}
if(data25.needs !== undefined){
let data31 = data25.needs;
if(typeof data31 !== "string"){
const err57 = {instancePath:instancePath+"/for_each/needs",schemaPath:"#/$defs/forEach/properties/needs/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema68.properties.needs.type,parentSchema:schema68.properties.needs,data:data31};
if(vErrors === null){
vErrors = [err57];
}
else {
vErrors.push(err57);
}
errors++;
}
}
if(data25.format !== undefined){
let data32 = data25.format;
if(typeof data32 !== "string"){
const err58 = {instancePath:instancePath+"/for_each/format",schemaPath:"#/$defs/forEach/properties/format/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema68.properties.format.type,parentSchema:schema68.properties.format,data:data32};
if(vErrors === null){
vErrors = [err58];
}
else {
vErrors.push(err58);
}
errors++;
}
if(!(((((((data32 === "csv") || (data32 === "tsv")) || (data32 === "jsonl")) || (data32 === "json")) || (data32 === "yaml")) || (data32 === "parquet")) || (data32 === "lines"))){
const err59 = {instancePath:instancePath+"/for_each/format",schemaPath:"#/$defs/forEach/properties/format/enum",keyword:"enum",params:{allowedValues: schema68.properties.format.enum},message:"must be equal to one of the allowed values",schema:schema68.properties.format.enum,parentSchema:schema68.properties.format,data:data32};
if(vErrors === null){
vErrors = [err59];
}
else {
vErrors.push(err59);
}
errors++;
}
}
if(data25.delimiter !== undefined){
let data33 = data25.delimiter;
if(typeof data33 !== "string"){
const err60 = {instancePath:instancePath+"/for_each/delimiter",schemaPath:"#/$defs/forEach/properties/delimiter/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema68.properties.delimiter.type,parentSchema:schema68.properties.delimiter,data:data33};
if(vErrors === null){
vErrors = [err60];
}
else {
vErrors.push(err60);
}
errors++;
}
if(!((((data33 === ",") || (data33 === ";")) || (data33 === "\t")) || (data33 === "|"))){
const err61 = {instancePath:instancePath+"/for_each/delimiter",schemaPath:"#/$defs/forEach/properties/delimiter/enum",keyword:"enum",params:{allowedValues: schema68.properties.delimiter.enum},message:"must be equal to one of the allowed values",schema:schema68.properties.delimiter.enum,parentSchema:schema68.properties.delimiter,data:data33};
if(vErrors === null){
vErrors = [err61];
}
else {
vErrors.push(err61);
}
errors++;
}
}
if(data25.encoding !== undefined){
let data34 = data25.encoding;
if(typeof data34 !== "string"){
const err62 = {instancePath:instancePath+"/for_each/encoding",schemaPath:"#/$defs/forEach/properties/encoding/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema68.properties.encoding.type,parentSchema:schema68.properties.encoding,data:data34};
if(vErrors === null){
vErrors = [err62];
}
else {
vErrors.push(err62);
}
errors++;
}
if(!(((data34 === "utf-8") || (data34 === "utf-16")) || (data34 === "windows-1252"))){
const err63 = {instancePath:instancePath+"/for_each/encoding",schemaPath:"#/$defs/forEach/properties/encoding/enum",keyword:"enum",params:{allowedValues: schema68.properties.encoding.enum},message:"must be equal to one of the allowed values",schema:schema68.properties.encoding.enum,parentSchema:schema68.properties.encoding,data:data34};
if(vErrors === null){
vErrors = [err63];
}
else {
vErrors.push(err63);
}
errors++;
}
}
if(data25.key !== undefined){
let data35 = data25.key;
if(typeof data35 === "string"){
if(!pattern6.test(data35)){
const err64 = {instancePath:instancePath+"/for_each/key",schemaPath:"#/$defs/forEach/properties/key/pattern",keyword:"pattern",params:{pattern: "\\S"},message:"must match pattern \""+"\\S"+"\"",schema:"\\S",parentSchema:schema68.properties.key,data:data35};
if(vErrors === null){
vErrors = [err64];
}
else {
vErrors.push(err64);
}
errors++;
}
}
else {
const err65 = {instancePath:instancePath+"/for_each/key",schemaPath:"#/$defs/forEach/properties/key/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema68.properties.key.type,parentSchema:schema68.properties.key,data:data35};
if(vErrors === null){
vErrors = [err65];
}
else {
vErrors.push(err65);
}
errors++;
}
}
}
}
if(data.matrix !== undefined){
let data36 = data.matrix;
if(data36 && typeof data36 == "object" && !Array.isArray(data36)){
for(const key3 in data36){
if(!(((key3 === "include") || (key3 === "exclude")) || (pattern4.test(key3)))){
let data37 = data36[key3];
if(!(Array.isArray(data37))){
const err66 = {instancePath:instancePath+"/matrix/" + key3.replace(/~/g, "~0").replace(/\//g, "~1"),schemaPath:"#/$defs/matrix/additionalProperties/type",keyword:"type",params:{type: "array"},message:"must be array",schema:schema69.additionalProperties.type,parentSchema:schema69.additionalProperties,data:data37};
if(vErrors === null){
vErrors = [err66];
}
else {
vErrors.push(err66);
}
errors++;
}
}
}
if(data36.include !== undefined){
let data38 = data36.include;
if(Array.isArray(data38)){
const len5 = data38.length;
for(let i5=0; i5<len5; i5++){
let data39 = data38[i5];
if(!(data39 && typeof data39 == "object" && !Array.isArray(data39))){
const err67 = {instancePath:instancePath+"/matrix/include/" + i5,schemaPath:"#/$defs/matrix/properties/include/items/type",keyword:"type",params:{type: "object"},message:"must be object",schema:schema69.properties.include.items.type,parentSchema:schema69.properties.include.items,data:data39};
if(vErrors === null){
vErrors = [err67];
}
else {
vErrors.push(err67);
}
errors++;
}
}
}
else {
const err68 = {instancePath:instancePath+"/matrix/include",schemaPath:"#/$defs/matrix/properties/include/type",keyword:"type",params:{type: "array"},message:"must be array",schema:schema69.properties.include.type,parentSchema:schema69.properties.include,data:data38};
if(vErrors === null){
vErrors = [err68];
}
else {
vErrors.push(err68);
}
errors++;
}
}
if(data36.exclude !== undefined){
let data40 = data36.exclude;
if(Array.isArray(data40)){
const len6 = data40.length;
for(let i6=0; i6<len6; i6++){
let data41 = data40[i6];
if(!(data41 && typeof data41 == "object" && !Array.isArray(data41))){
const err69 = {instancePath:instancePath+"/matrix/exclude/" + i6,schemaPath:"#/$defs/matrix/properties/exclude/items/type",keyword:"type",params:{type: "object"},message:"must be object",schema:schema69.properties.exclude.items.type,parentSchema:schema69.properties.exclude.items,data:data41};
if(vErrors === null){
vErrors = [err69];
}
else {
vErrors.push(err69);
}
errors++;
}
}
}
else {
const err70 = {instancePath:instancePath+"/matrix/exclude",schemaPath:"#/$defs/matrix/properties/exclude/type",keyword:"type",params:{type: "array"},message:"must be array",schema:schema69.properties.exclude.type,parentSchema:schema69.properties.exclude,data:data40};
if(vErrors === null){
vErrors = [err70];
}
else {
vErrors.push(err70);
}
errors++;
}
}
}
else {
const err71 = {instancePath:instancePath+"/matrix",schemaPath:"#/$defs/matrix/type",keyword:"type",params:{type: "object"},message:"must be object",schema:schema69.type,parentSchema:schema69,data:data36};
if(vErrors === null){
vErrors = [err71];
}
else {
vErrors.push(err71);
}
errors++;
}
}
if(data.repeat !== undefined){
let data42 = data.repeat;
if(!(((typeof data42 == "number") && (!(data42 % 1) && !isNaN(data42))) && (isFinite(data42)))){
const err72 = {instancePath:instancePath+"/repeat",schemaPath:"#/properties/repeat/type",keyword:"type",params:{type: "integer"},message:"must be integer",schema:schema63.properties.repeat.type,parentSchema:schema63.properties.repeat,data:data42};
if(vErrors === null){
vErrors = [err72];
}
else {
vErrors.push(err72);
}
errors++;
}
if((typeof data42 == "number") && (isFinite(data42))){
if(data42 > 1000 || isNaN(data42)){
const err73 = {instancePath:instancePath+"/repeat",schemaPath:"#/properties/repeat/maximum",keyword:"maximum",params:{comparison: "<=", limit: 1000},message:"must be <= 1000",schema:1000,parentSchema:schema63.properties.repeat,data:data42};
if(vErrors === null){
vErrors = [err73];
}
else {
vErrors.push(err73);
}
errors++;
}
if(data42 < 1 || isNaN(data42)){
const err74 = {instancePath:instancePath+"/repeat",schemaPath:"#/properties/repeat/minimum",keyword:"minimum",params:{comparison: ">=", limit: 1},message:"must be >= 1",schema:1,parentSchema:schema63.properties.repeat,data:data42};
if(vErrors === null){
vErrors = [err74];
}
else {
vErrors.push(err74);
}
errors++;
}
}
}
if(data.needs !== undefined){
let data43 = data.needs;
if((typeof data43 !== "string") && (!(Array.isArray(data43)))){
const err75 = {instancePath:instancePath+"/needs",schemaPath:"#/properties/needs/type",keyword:"type",params:{type: schema63.properties.needs.type},message:"must be string,array",schema:schema63.properties.needs.type,parentSchema:schema63.properties.needs,data:data43};
if(vErrors === null){
vErrors = [err75];
}
else {
vErrors.push(err75);
}
errors++;
}
if(Array.isArray(data43)){
const len7 = data43.length;
for(let i7=0; i7<len7; i7++){
let data44 = data43[i7];
if((typeof data44 !== "string") && (!(data44 && typeof data44 == "object" && !Array.isArray(data44)))){
const err76 = {instancePath:instancePath+"/needs/" + i7,schemaPath:"#/$defs/need/type",keyword:"type",params:{type: schema70.type},message:"must be string,object",schema:schema70.type,parentSchema:schema70,data:data44};
if(vErrors === null){
vErrors = [err76];
}
else {
vErrors.push(err76);
}
errors++;
}
if(data44 && typeof data44 == "object" && !Array.isArray(data44)){
if(data44.id === undefined){
const err77 = {instancePath:instancePath+"/needs/" + i7,schemaPath:"#/$defs/need/required",keyword:"required",params:{missingProperty: "id"},message:"must have required property '"+"id"+"'",schema:schema70.required,parentSchema:schema70,data:data44};
if(vErrors === null){
vErrors = [err77];
}
else {
vErrors.push(err77);
}
errors++;
}
for(const key4 in data44){
if(!(((key4 === "id") || (key4 === "allow_failed")) || (pattern4.test(key4)))){
const err78 = {instancePath:instancePath+"/needs/" + i7,schemaPath:"#/$defs/need/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key4},message:"must NOT have additional properties",schema:false,parentSchema:schema70,data:data44};
if(vErrors === null){
vErrors = [err78];
}
else {
vErrors.push(err78);
}
errors++;
}
}
if(data44.id !== undefined){
let data45 = data44.id;
if(typeof data45 !== "string"){
const err79 = {instancePath:instancePath+"/needs/" + i7+"/id",schemaPath:"#/$defs/need/properties/id/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema70.properties.id.type,parentSchema:schema70.properties.id,data:data45};
if(vErrors === null){
vErrors = [err79];
}
else {
vErrors.push(err79);
}
errors++;
}
}
if(data44.allow_failed !== undefined){
let data46 = data44.allow_failed;
if(typeof data46 !== "boolean"){
const err80 = {instancePath:instancePath+"/needs/" + i7+"/allow_failed",schemaPath:"#/$defs/need/properties/allow_failed/type",keyword:"type",params:{type: "boolean"},message:"must be boolean",schema:schema70.properties.allow_failed.type,parentSchema:schema70.properties.allow_failed,data:data46};
if(vErrors === null){
vErrors = [err80];
}
else {
vErrors.push(err80);
}
errors++;
}
}
}
}
}
}
if(data.if !== undefined){
let data47 = data.if;
if((typeof data47 !== "string") && (typeof data47 !== "boolean")){
const err81 = {instancePath:instancePath+"/if",schemaPath:"#/properties/if/type",keyword:"type",params:{type: schema63.properties.if.type},message:"must be string,boolean",schema:schema63.properties.if.type,parentSchema:schema63.properties.if,data:data47};
if(vErrors === null){
vErrors = [err81];
}
else {
vErrors.push(err81);
}
errors++;
}
if(typeof data47 === "string"){
if(!pattern6.test(data47)){
const err82 = {instancePath:instancePath+"/if",schemaPath:"#/properties/if/pattern",keyword:"pattern",params:{pattern: "\\S"},message:"must match pattern \""+"\\S"+"\"",schema:"\\S",parentSchema:schema63.properties.if,data:data47};
if(vErrors === null){
vErrors = [err82];
}
else {
vErrors.push(err82);
}
errors++;
}
}
}
if(data.tags !== undefined){
let data48 = data.tags;
if(Array.isArray(data48)){
const len8 = data48.length;
for(let i8=0; i8<len8; i8++){
let data49 = data48[i8];
if(typeof data49 === "string"){
if(!pattern19.test(data49)){
const err83 = {instancePath:instancePath+"/tags/" + i8,schemaPath:"#/properties/tags/items/pattern",keyword:"pattern",params:{pattern: "^\\S+$"},message:"must match pattern \""+"^\\S+$"+"\"",schema:"^\\S+$",parentSchema:schema63.properties.tags.items,data:data49};
if(vErrors === null){
vErrors = [err83];
}
else {
vErrors.push(err83);
}
errors++;
}
}
else {
const err84 = {instancePath:instancePath+"/tags/" + i8,schemaPath:"#/properties/tags/items/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema63.properties.tags.items.type,parentSchema:schema63.properties.tags.items,data:data49};
if(vErrors === null){
vErrors = [err84];
}
else {
vErrors.push(err84);
}
errors++;
}
}
}
else {
const err85 = {instancePath:instancePath+"/tags",schemaPath:"#/properties/tags/type",keyword:"type",params:{type: "array"},message:"must be array",schema:schema63.properties.tags.type,parentSchema:schema63.properties.tags,data:data48};
if(vErrors === null){
vErrors = [err85];
}
else {
vErrors.push(err85);
}
errors++;
}
}
if(data.context !== undefined){
let data50 = data.context;
if(typeof data50 !== "boolean"){
const err86 = {instancePath:instancePath+"/context",schemaPath:"#/properties/context/type",keyword:"type",params:{type: "boolean"},message:"must be boolean",schema:schema63.properties.context.type,parentSchema:schema63.properties.context,data:data50};
if(vErrors === null){
vErrors = [err86];
}
else {
vErrors.push(err86);
}
errors++;
}
}
if(data.params !== undefined){
let data51 = data.params;
if(!(data51 && typeof data51 == "object" && !Array.isArray(data51))){
const err87 = {instancePath:instancePath+"/params",schemaPath:"#/properties/params/type",keyword:"type",params:{type: "object"},message:"must be object",schema:schema63.properties.params.type,parentSchema:schema63.properties.params,data:data51};
if(vErrors === null){
vErrors = [err87];
}
else {
vErrors.push(err87);
}
errors++;
}
}
}
validate35.errors = vErrors;
return errors === 0;
}
validate35.evaluated = {"props":true,"dynamicProps":false,"dynamicItems":false};


function validate20(data, {instancePath="", parentData, parentDataProperty, rootData=data, dynamicAnchors={}}={}){
let vErrors = null;
let errors = 0;
const evaluated0 = validate20.evaluated;
if(evaluated0.dynamicProps){
evaluated0.props = undefined;
}
if(evaluated0.dynamicItems){
evaluated0.items = undefined;
}
if(data && typeof data == "object" && !Array.isArray(data)){
if(data.tasks === undefined){
const err0 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "tasks"},message:"must have required property '"+"tasks"+"'",schema:schema31.required,parentSchema:schema31,data};
if(vErrors === null){
vErrors = [err0];
}
else {
vErrors.push(err0);
}
errors++;
}
for(const key0 in data){
if(!((func1.call(schema31.properties, key0)) || (pattern4.test(key0)))){
const err1 = {instancePath,schemaPath:"#/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key0},message:"must NOT have additional properties",schema:false,parentSchema:schema31,data};
if(vErrors === null){
vErrors = [err1];
}
else {
vErrors.push(err1);
}
errors++;
}
}
if(data.$schema !== undefined){
let data0 = data.$schema;
if(typeof data0 !== "string"){
const err2 = {instancePath:instancePath+"/$schema",schemaPath:"#/properties/%24schema/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema31.properties.$schema.type,parentSchema:schema31.properties.$schema,data:data0};
if(vErrors === null){
vErrors = [err2];
}
else {
vErrors.push(err2);
}
errors++;
}
}
if(data.version !== undefined){
let data1 = data.version;
if(!(((typeof data1 == "number") && (!(data1 % 1) && !isNaN(data1))) && (isFinite(data1)))){
const err3 = {instancePath:instancePath+"/version",schemaPath:"#/properties/version/type",keyword:"type",params:{type: "integer"},message:"must be integer",schema:schema31.properties.version.type,parentSchema:schema31.properties.version,data:data1};
if(vErrors === null){
vErrors = [err3];
}
else {
vErrors.push(err3);
}
errors++;
}
if(!(data1 === 1)){
const err4 = {instancePath:instancePath+"/version",schemaPath:"#/properties/version/enum",keyword:"enum",params:{allowedValues: schema31.properties.version.enum},message:"must be equal to one of the allowed values",schema:schema31.properties.version.enum,parentSchema:schema31.properties.version,data:data1};
if(vErrors === null){
vErrors = [err4];
}
else {
vErrors.push(err4);
}
errors++;
}
}
if(data.name !== undefined){
let data2 = data.name;
if(typeof data2 !== "string"){
const err5 = {instancePath:instancePath+"/name",schemaPath:"#/properties/name/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema31.properties.name.type,parentSchema:schema31.properties.name,data:data2};
if(vErrors === null){
vErrors = [err5];
}
else {
vErrors.push(err5);
}
errors++;
}
}
if(data.vars !== undefined){
let data3 = data.vars;
if(!(data3 && typeof data3 == "object" && !Array.isArray(data3))){
const err6 = {instancePath:instancePath+"/vars",schemaPath:"#/properties/vars/type",keyword:"type",params:{type: "object"},message:"must be object",schema:schema31.properties.vars.type,parentSchema:schema31.properties.vars,data:data3};
if(vErrors === null){
vErrors = [err6];
}
else {
vErrors.push(err6);
}
errors++;
}
}
if(data.context !== undefined){
let data4 = data.context;
if((!data4 || typeof data4 != "object") && (typeof data4 !== "string")){
const err7 = {instancePath:instancePath+"/context",schemaPath:"#/properties/context/type",keyword:"type",params:{type: schema31.properties.context.type},message:"must be string,object,array",schema:schema31.properties.context.type,parentSchema:schema31.properties.context,data:data4};
if(vErrors === null){
vErrors = [err7];
}
else {
vErrors.push(err7);
}
errors++;
}
if(Array.isArray(data4)){
const len0 = data4.length;
for(let i0=0; i0<len0; i0++){
if(!(validate21(data4[i0], {instancePath:instancePath+"/context/" + i0,parentData:data4,parentDataProperty:i0,rootData,dynamicAnchors}))){
vErrors = vErrors === null ? validate21.errors : appended(vErrors, validate21.errors);
errors = vErrors.length;
}
}
}
if(data4 && typeof data4 == "object" && !Array.isArray(data4)){
if(data4.file === undefined){
const err8 = {instancePath:instancePath+"/context",schemaPath:"#/properties/context/required",keyword:"required",params:{missingProperty: "file"},message:"must have required property '"+"file"+"'",schema:schema31.properties.context.required,parentSchema:schema31.properties.context,data:data4};
if(vErrors === null){
vErrors = [err8];
}
else {
vErrors.push(err8);
}
errors++;
}
for(const key1 in data4){
if(!((key1 === "file") || (pattern4.test(key1)))){
const err9 = {instancePath:instancePath+"/context",schemaPath:"#/properties/context/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key1},message:"must NOT have additional properties",schema:false,parentSchema:schema31.properties.context,data:data4};
if(vErrors === null){
vErrors = [err9];
}
else {
vErrors.push(err9);
}
errors++;
}
}
if(data4.file !== undefined){
let data6 = data4.file;
if(typeof data6 === "string"){
if(!pattern6.test(data6)){
const err10 = {instancePath:instancePath+"/context/file",schemaPath:"#/$defs/fileName/pattern",keyword:"pattern",params:{pattern: "\\S"},message:"must match pattern \""+"\\S"+"\"",schema:"\\S",parentSchema:schema33,data:data6};
if(vErrors === null){
vErrors = [err10];
}
else {
vErrors.push(err10);
}
errors++;
}
}
else {
const err11 = {instancePath:instancePath+"/context/file",schemaPath:"#/$defs/fileName/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema33.type,parentSchema:schema33,data:data6};
if(vErrors === null){
vErrors = [err11];
}
else {
vErrors.push(err11);
}
errors++;
}
}
}
}
if(data.defaults !== undefined){
let data7 = data.defaults;
if(data7 && typeof data7 == "object" && !Array.isArray(data7)){
for(const key2 in data7){
if(!((func1.call(schema31.properties.defaults.properties, key2)) || (pattern4.test(key2)))){
const err12 = {instancePath:instancePath+"/defaults",schemaPath:"#/properties/defaults/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key2},message:"must NOT have additional properties",schema:false,parentSchema:schema31.properties.defaults,data:data7};
if(vErrors === null){
vErrors = [err12];
}
else {
vErrors.push(err12);
}
errors++;
}
}
if(data7.model !== undefined){
if(!(validate23(data7.model, {instancePath:instancePath+"/defaults/model",parentData:data7,parentDataProperty:"model",rootData,dynamicAnchors}))){
vErrors = vErrors === null ? validate23.errors : appended(vErrors, validate23.errors);
errors = vErrors.length;
}
}
if(data7.models !== undefined){
if(!(validate25(data7.models, {instancePath:instancePath+"/defaults/models",parentData:data7,parentDataProperty:"models",rootData,dynamicAnchors}))){
vErrors = vErrors === null ? validate25.errors : appended(vErrors, validate25.errors);
errors = vErrors.length;
}
}
if(data7.system !== undefined){
if(!(validate21(data7.system, {instancePath:instancePath+"/defaults/system",parentData:data7,parentDataProperty:"system",rootData,dynamicAnchors}))){
vErrors = vErrors === null ? validate21.errors : appended(vErrors, validate21.errors);
errors = vErrors.length;
}
}
if(data7.attachments !== undefined){
let data11 = data7.attachments;
if((typeof data11 !== "string") && (!(Array.isArray(data11)))){
const err13 = {instancePath:instancePath+"/defaults/attachments",schemaPath:"#/properties/defaults/properties/attachments/type",keyword:"type",params:{type: schema31.properties.defaults.properties.attachments.type},message:"must be string,array",schema:schema31.properties.defaults.properties.attachments.type,parentSchema:schema31.properties.defaults.properties.attachments,data:data11};
if(vErrors === null){
vErrors = [err13];
}
else {
vErrors.push(err13);
}
errors++;
}
if(typeof data11 === "string"){
if(!pattern6.test(data11)){
const err14 = {instancePath:instancePath+"/defaults/attachments",schemaPath:"#/properties/defaults/properties/attachments/pattern",keyword:"pattern",params:{pattern: "\\S"},message:"must match pattern \""+"\\S"+"\"",schema:"\\S",parentSchema:schema31.properties.defaults.properties.attachments,data:data11};
if(vErrors === null){
vErrors = [err14];
}
else {
vErrors.push(err14);
}
errors++;
}
}
if(Array.isArray(data11)){
const len1 = data11.length;
for(let i1=0; i1<len1; i1++){
let data12 = data11[i1];
if(typeof data12 === "string"){
if(!pattern6.test(data12)){
const err15 = {instancePath:instancePath+"/defaults/attachments/" + i1,schemaPath:"#/properties/defaults/properties/attachments/items/pattern",keyword:"pattern",params:{pattern: "\\S"},message:"must match pattern \""+"\\S"+"\"",schema:"\\S",parentSchema:schema31.properties.defaults.properties.attachments.items,data:data12};
if(vErrors === null){
vErrors = [err15];
}
else {
vErrors.push(err15);
}
errors++;
}
}
else {
const err16 = {instancePath:instancePath+"/defaults/attachments/" + i1,schemaPath:"#/properties/defaults/properties/attachments/items/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema31.properties.defaults.properties.attachments.items.type,parentSchema:schema31.properties.defaults.properties.attachments.items,data:data12};
if(vErrors === null){
vErrors = [err16];
}
else {
vErrors.push(err16);
}
errors++;
}
}
}
}
if(data7.max_tokens !== undefined){
let data13 = data7.max_tokens;
if((!(((typeof data13 == "number") && (!(data13 % 1) && !isNaN(data13))) && (isFinite(data13)))) && (typeof data13 !== "string")){
const err17 = {instancePath:instancePath+"/defaults/max_tokens",schemaPath:"#/$defs/count/type",keyword:"type",params:{type: schema39.type},message:"must be integer,string",schema:schema39.type,parentSchema:schema39,data:data13};
if(vErrors === null){
vErrors = [err17];
}
else {
vErrors.push(err17);
}
errors++;
}
if((typeof data13 == "number") && (isFinite(data13))){
if(data13 < 1 || isNaN(data13)){
const err18 = {instancePath:instancePath+"/defaults/max_tokens",schemaPath:"#/$defs/count/minimum",keyword:"minimum",params:{comparison: ">=", limit: 1},message:"must be >= 1",schema:1,parentSchema:schema39,data:data13};
if(vErrors === null){
vErrors = [err18];
}
else {
vErrors.push(err18);
}
errors++;
}
}
if(typeof data13 === "string"){
if(!pattern15.test(data13)){
const err19 = {instancePath:instancePath+"/defaults/max_tokens",schemaPath:"#/$defs/count/pattern",keyword:"pattern",params:{pattern: "^\\d[\\d_]*(\\.\\d+)?[kKmM]?$"},message:"must match pattern \""+"^\\d[\\d_]*(\\.\\d+)?[kKmM]?$"+"\"",schema:"^\\d[\\d_]*(\\.\\d+)?[kKmM]?$",parentSchema:schema39,data:data13};
if(vErrors === null){
vErrors = [err19];
}
else {
vErrors.push(err19);
}
errors++;
}
}
}
if(data7.temperature !== undefined){
let data14 = data7.temperature;
if((typeof data14 == "number") && (isFinite(data14))){
if(data14 > 2 || isNaN(data14)){
const err20 = {instancePath:instancePath+"/defaults/temperature",schemaPath:"#/properties/defaults/properties/temperature/maximum",keyword:"maximum",params:{comparison: "<=", limit: 2},message:"must be <= 2",schema:2,parentSchema:schema31.properties.defaults.properties.temperature,data:data14};
if(vErrors === null){
vErrors = [err20];
}
else {
vErrors.push(err20);
}
errors++;
}
if(data14 < 0 || isNaN(data14)){
const err21 = {instancePath:instancePath+"/defaults/temperature",schemaPath:"#/properties/defaults/properties/temperature/minimum",keyword:"minimum",params:{comparison: ">=", limit: 0},message:"must be >= 0",schema:0,parentSchema:schema31.properties.defaults.properties.temperature,data:data14};
if(vErrors === null){
vErrors = [err21];
}
else {
vErrors.push(err21);
}
errors++;
}
}
else {
const err22 = {instancePath:instancePath+"/defaults/temperature",schemaPath:"#/properties/defaults/properties/temperature/type",keyword:"type",params:{type: "number"},message:"must be number",schema:schema31.properties.defaults.properties.temperature.type,parentSchema:schema31.properties.defaults.properties.temperature,data:data14};
if(vErrors === null){
vErrors = [err22];
}
else {
vErrors.push(err22);
}
errors++;
}
}
if(data7.top_p !== undefined){
let data15 = data7.top_p;
if((typeof data15 == "number") && (isFinite(data15))){
if(data15 > 1 || isNaN(data15)){
const err23 = {instancePath:instancePath+"/defaults/top_p",schemaPath:"#/properties/defaults/properties/top_p/maximum",keyword:"maximum",params:{comparison: "<=", limit: 1},message:"must be <= 1",schema:1,parentSchema:schema31.properties.defaults.properties.top_p,data:data15};
if(vErrors === null){
vErrors = [err23];
}
else {
vErrors.push(err23);
}
errors++;
}
if(data15 < 0 || isNaN(data15)){
const err24 = {instancePath:instancePath+"/defaults/top_p",schemaPath:"#/properties/defaults/properties/top_p/minimum",keyword:"minimum",params:{comparison: ">=", limit: 0},message:"must be >= 0",schema:0,parentSchema:schema31.properties.defaults.properties.top_p,data:data15};
if(vErrors === null){
vErrors = [err24];
}
else {
vErrors.push(err24);
}
errors++;
}
}
else {
const err25 = {instancePath:instancePath+"/defaults/top_p",schemaPath:"#/properties/defaults/properties/top_p/type",keyword:"type",params:{type: "number"},message:"must be number",schema:schema31.properties.defaults.properties.top_p.type,parentSchema:schema31.properties.defaults.properties.top_p,data:data15};
if(vErrors === null){
vErrors = [err25];
}
else {
vErrors.push(err25);
}
errors++;
}
}
if(data7.stop !== undefined){
let data16 = data7.stop;
if((typeof data16 !== "string") && (!(Array.isArray(data16)))){
const err26 = {instancePath:instancePath+"/defaults/stop",schemaPath:"#/$defs/textOrTexts/type",keyword:"type",params:{type: schema40.type},message:"must be string,array",schema:schema40.type,parentSchema:schema40,data:data16};
if(vErrors === null){
vErrors = [err26];
}
else {
vErrors.push(err26);
}
errors++;
}
if(Array.isArray(data16)){
const len2 = data16.length;
for(let i2=0; i2<len2; i2++){
let data17 = data16[i2];
if(typeof data17 !== "string"){
const err27 = {instancePath:instancePath+"/defaults/stop/" + i2,schemaPath:"#/$defs/textOrTexts/items/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema40.items.type,parentSchema:schema40.items,data:data17};
if(vErrors === null){
vErrors = [err27];
}
else {
vErrors.push(err27);
}
errors++;
}
}
}
}
if(data7.reasoning !== undefined){
let data18 = data7.reasoning;
if(typeof data18 !== "string"){
const err28 = {instancePath:instancePath+"/defaults/reasoning",schemaPath:"#/properties/defaults/properties/reasoning/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema31.properties.defaults.properties.reasoning.type,parentSchema:schema31.properties.defaults.properties.reasoning,data:data18};
if(vErrors === null){
vErrors = [err28];
}
else {
vErrors.push(err28);
}
errors++;
}
if(!(((((((data18 === "none") || (data18 === "minimal")) || (data18 === "low")) || (data18 === "medium")) || (data18 === "high")) || (data18 === "xhigh")) || (data18 === "max"))){
const err29 = {instancePath:instancePath+"/defaults/reasoning",schemaPath:"#/properties/defaults/properties/reasoning/enum",keyword:"enum",params:{allowedValues: schema31.properties.defaults.properties.reasoning.enum},message:"must be equal to one of the allowed values",schema:schema31.properties.defaults.properties.reasoning.enum,parentSchema:schema31.properties.defaults.properties.reasoning,data:data18};
if(vErrors === null){
vErrors = [err29];
}
else {
vErrors.push(err29);
}
errors++;
}
}
if(data7.schema !== undefined){
let data19 = data7.schema;
if(!(data19 && typeof data19 == "object" && !Array.isArray(data19))){
const err30 = {instancePath:instancePath+"/defaults/schema",schemaPath:"#/properties/defaults/properties/schema/type",keyword:"type",params:{type: "object"},message:"must be object",schema:schema31.properties.defaults.properties.schema.type,parentSchema:schema31.properties.defaults.properties.schema,data:data19};
if(vErrors === null){
vErrors = [err30];
}
else {
vErrors.push(err30);
}
errors++;
}
}
if(data7.expect !== undefined){
let data20 = data7.expect;
if((typeof data20 !== "string") && (!(data20 && typeof data20 == "object" && !Array.isArray(data20)))){
const err31 = {instancePath:instancePath+"/defaults/expect",schemaPath:"#/properties/defaults/properties/expect/type",keyword:"type",params:{type: schema31.properties.defaults.properties.expect.type},message:"must be string,object",schema:schema31.properties.defaults.properties.expect.type,parentSchema:schema31.properties.defaults.properties.expect,data:data20};
if(vErrors === null){
vErrors = [err31];
}
else {
vErrors.push(err31);
}
errors++;
}
if(typeof data20 === "string"){
if(!pattern6.test(data20)){
const err32 = {instancePath:instancePath+"/defaults/expect",schemaPath:"#/properties/defaults/properties/expect/pattern",keyword:"pattern",params:{pattern: "\\S"},message:"must match pattern \""+"\\S"+"\"",schema:"\\S",parentSchema:schema31.properties.defaults.properties.expect,data:data20};
if(vErrors === null){
vErrors = [err32];
}
else {
vErrors.push(err32);
}
errors++;
}
}
}
if(data7.on_truncated !== undefined){
let data21 = data7.on_truncated;
if(typeof data21 !== "string"){
const err33 = {instancePath:instancePath+"/defaults/on_truncated",schemaPath:"#/properties/defaults/properties/on_truncated/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema31.properties.defaults.properties.on_truncated.type,parentSchema:schema31.properties.defaults.properties.on_truncated,data:data21};
if(vErrors === null){
vErrors = [err33];
}
else {
vErrors.push(err33);
}
errors++;
}
if(!((data21 === "fail") || (data21 === "grow"))){
const err34 = {instancePath:instancePath+"/defaults/on_truncated",schemaPath:"#/properties/defaults/properties/on_truncated/enum",keyword:"enum",params:{allowedValues: schema31.properties.defaults.properties.on_truncated.enum},message:"must be equal to one of the allowed values",schema:schema31.properties.defaults.properties.on_truncated.enum,parentSchema:schema31.properties.defaults.properties.on_truncated,data:data21};
if(vErrors === null){
vErrors = [err34];
}
else {
vErrors.push(err34);
}
errors++;
}
}
if(data7.mode !== undefined){
let data22 = data7.mode;
if(typeof data22 !== "string"){
const err35 = {instancePath:instancePath+"/defaults/mode",schemaPath:"#/properties/defaults/properties/mode/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema31.properties.defaults.properties.mode.type,parentSchema:schema31.properties.defaults.properties.mode,data:data22};
if(vErrors === null){
vErrors = [err35];
}
else {
vErrors.push(err35);
}
errors++;
}
if(!((((data22 === "realtime") || (data22 === "flex")) || (data22 === "batch")) || (data22 === "auto"))){
const err36 = {instancePath:instancePath+"/defaults/mode",schemaPath:"#/properties/defaults/properties/mode/enum",keyword:"enum",params:{allowedValues: schema31.properties.defaults.properties.mode.enum},message:"must be equal to one of the allowed values",schema:schema31.properties.defaults.properties.mode.enum,parentSchema:schema31.properties.defaults.properties.mode,data:data22};
if(vErrors === null){
vErrors = [err36];
}
else {
vErrors.push(err36);
}
errors++;
}
}
if(data7.prompt_cache !== undefined){
let data23 = data7.prompt_cache;
if(typeof data23 !== "string"){
const err37 = {instancePath:instancePath+"/defaults/prompt_cache",schemaPath:"#/properties/defaults/properties/prompt_cache/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema31.properties.defaults.properties.prompt_cache.type,parentSchema:schema31.properties.defaults.properties.prompt_cache,data:data23};
if(vErrors === null){
vErrors = [err37];
}
else {
vErrors.push(err37);
}
errors++;
}
if(!((((((data23 === "auto") || (data23 === "off")) || (data23 === "5m")) || (data23 === "1h")) || (data23 === "30m")) || (data23 === "12h"))){
const err38 = {instancePath:instancePath+"/defaults/prompt_cache",schemaPath:"#/properties/defaults/properties/prompt_cache/enum",keyword:"enum",params:{allowedValues: schema31.properties.defaults.properties.prompt_cache.enum},message:"must be equal to one of the allowed values",schema:schema31.properties.defaults.properties.prompt_cache.enum,parentSchema:schema31.properties.defaults.properties.prompt_cache,data:data23};
if(vErrors === null){
vErrors = [err38];
}
else {
vErrors.push(err38);
}
errors++;
}
}
if(data7.timeout !== undefined){
let data24 = data7.timeout;
if(typeof data24 === "string"){
if(!pattern17.test(data24)){
const err39 = {instancePath:instancePath+"/defaults/timeout",schemaPath:"#/$defs/duration/pattern",keyword:"pattern",params:{pattern: "^(?=.)(\\d+(\\.\\d+)?d)?(\\d+(\\.\\d+)?h)?(\\d+(\\.\\d+)?m)?(\\d+(\\.\\d+)?s)?(\\d+(\\.\\d+)?ms)?$"},message:"must match pattern \""+"^(?=.)(\\d+(\\.\\d+)?d)?(\\d+(\\.\\d+)?h)?(\\d+(\\.\\d+)?m)?(\\d+(\\.\\d+)?s)?(\\d+(\\.\\d+)?ms)?$"+"\"",schema:"^(?=.)(\\d+(\\.\\d+)?d)?(\\d+(\\.\\d+)?h)?(\\d+(\\.\\d+)?m)?(\\d+(\\.\\d+)?s)?(\\d+(\\.\\d+)?ms)?$",parentSchema:schema41,data:data24};
if(vErrors === null){
vErrors = [err39];
}
else {
vErrors.push(err39);
}
errors++;
}
}
else {
const err40 = {instancePath:instancePath+"/defaults/timeout",schemaPath:"#/$defs/duration/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema41.type,parentSchema:schema41,data:data24};
if(vErrors === null){
vErrors = [err40];
}
else {
vErrors.push(err40);
}
errors++;
}
}
if(data7.max_retries !== undefined){
let data25 = data7.max_retries;
if(!(((typeof data25 == "number") && (!(data25 % 1) && !isNaN(data25))) && (isFinite(data25)))){
const err41 = {instancePath:instancePath+"/defaults/max_retries",schemaPath:"#/properties/defaults/properties/max_retries/type",keyword:"type",params:{type: "integer"},message:"must be integer",schema:schema31.properties.defaults.properties.max_retries.type,parentSchema:schema31.properties.defaults.properties.max_retries,data:data25};
if(vErrors === null){
vErrors = [err41];
}
else {
vErrors.push(err41);
}
errors++;
}
if((typeof data25 == "number") && (isFinite(data25))){
if(data25 > 100 || isNaN(data25)){
const err42 = {instancePath:instancePath+"/defaults/max_retries",schemaPath:"#/properties/defaults/properties/max_retries/maximum",keyword:"maximum",params:{comparison: "<=", limit: 100},message:"must be <= 100",schema:100,parentSchema:schema31.properties.defaults.properties.max_retries,data:data25};
if(vErrors === null){
vErrors = [err42];
}
else {
vErrors.push(err42);
}
errors++;
}
if(data25 < 0 || isNaN(data25)){
const err43 = {instancePath:instancePath+"/defaults/max_retries",schemaPath:"#/properties/defaults/properties/max_retries/minimum",keyword:"minimum",params:{comparison: ">=", limit: 0},message:"must be >= 0",schema:0,parentSchema:schema31.properties.defaults.properties.max_retries,data:data25};
if(vErrors === null){
vErrors = [err43];
}
else {
vErrors.push(err43);
}
errors++;
}
}
}
if(data7.repeat !== undefined){
let data26 = data7.repeat;
if(!(((typeof data26 == "number") && (!(data26 % 1) && !isNaN(data26))) && (isFinite(data26)))){
const err44 = {instancePath:instancePath+"/defaults/repeat",schemaPath:"#/properties/defaults/properties/repeat/type",keyword:"type",params:{type: "integer"},message:"must be integer",schema:schema31.properties.defaults.properties.repeat.type,parentSchema:schema31.properties.defaults.properties.repeat,data:data26};
if(vErrors === null){
vErrors = [err44];
}
else {
vErrors.push(err44);
}
errors++;
}
if((typeof data26 == "number") && (isFinite(data26))){
if(data26 > 1000 || isNaN(data26)){
const err45 = {instancePath:instancePath+"/defaults/repeat",schemaPath:"#/properties/defaults/properties/repeat/maximum",keyword:"maximum",params:{comparison: "<=", limit: 1000},message:"must be <= 1000",schema:1000,parentSchema:schema31.properties.defaults.properties.repeat,data:data26};
if(vErrors === null){
vErrors = [err45];
}
else {
vErrors.push(err45);
}
errors++;
}
if(data26 < 1 || isNaN(data26)){
const err46 = {instancePath:instancePath+"/defaults/repeat",schemaPath:"#/properties/defaults/properties/repeat/minimum",keyword:"minimum",params:{comparison: ">=", limit: 1},message:"must be >= 1",schema:1,parentSchema:schema31.properties.defaults.properties.repeat,data:data26};
if(vErrors === null){
vErrors = [err46];
}
else {
vErrors.push(err46);
}
errors++;
}
}
}
if(data7.if !== undefined){
let data27 = data7.if;
if((typeof data27 !== "string") && (typeof data27 !== "boolean")){
const err47 = {instancePath:instancePath+"/defaults/if",schemaPath:"#/properties/defaults/properties/if/type",keyword:"type",params:{type: schema31.properties.defaults.properties.if.type},message:"must be string,boolean",schema:schema31.properties.defaults.properties.if.type,parentSchema:schema31.properties.defaults.properties.if,data:data27};
if(vErrors === null){
vErrors = [err47];
}
else {
vErrors.push(err47);
}
errors++;
}
if(typeof data27 === "string"){
if(!pattern6.test(data27)){
const err48 = {instancePath:instancePath+"/defaults/if",schemaPath:"#/properties/defaults/properties/if/pattern",keyword:"pattern",params:{pattern: "\\S"},message:"must match pattern \""+"\\S"+"\"",schema:"\\S",parentSchema:schema31.properties.defaults.properties.if,data:data27};
if(vErrors === null){
vErrors = [err48];
}
else {
vErrors.push(err48);
}
errors++;
}
}
}
if(data7.tags !== undefined){
let data28 = data7.tags;
if(Array.isArray(data28)){
const len3 = data28.length;
for(let i3=0; i3<len3; i3++){
let data29 = data28[i3];
if(typeof data29 === "string"){
if(!pattern19.test(data29)){
const err49 = {instancePath:instancePath+"/defaults/tags/" + i3,schemaPath:"#/properties/defaults/properties/tags/items/pattern",keyword:"pattern",params:{pattern: "^\\S+$"},message:"must match pattern \""+"^\\S+$"+"\"",schema:"^\\S+$",parentSchema:schema31.properties.defaults.properties.tags.items,data:data29};
if(vErrors === null){
vErrors = [err49];
}
else {
vErrors.push(err49);
}
errors++;
}
}
else {
const err50 = {instancePath:instancePath+"/defaults/tags/" + i3,schemaPath:"#/properties/defaults/properties/tags/items/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema31.properties.defaults.properties.tags.items.type,parentSchema:schema31.properties.defaults.properties.tags.items,data:data29};
if(vErrors === null){
vErrors = [err50];
}
else {
vErrors.push(err50);
}
errors++;
}
}
}
else {
const err51 = {instancePath:instancePath+"/defaults/tags",schemaPath:"#/properties/defaults/properties/tags/type",keyword:"type",params:{type: "array"},message:"must be array",schema:schema31.properties.defaults.properties.tags.type,parentSchema:schema31.properties.defaults.properties.tags,data:data28};
if(vErrors === null){
vErrors = [err51];
}
else {
vErrors.push(err51);
}
errors++;
}
}
if(data7.context !== undefined){
let data30 = data7.context;
if(typeof data30 !== "boolean"){
const err52 = {instancePath:instancePath+"/defaults/context",schemaPath:"#/properties/defaults/properties/context/type",keyword:"type",params:{type: "boolean"},message:"must be boolean",schema:schema31.properties.defaults.properties.context.type,parentSchema:schema31.properties.defaults.properties.context,data:data30};
if(vErrors === null){
vErrors = [err52];
}
else {
vErrors.push(err52);
}
errors++;
}
}
if(data7.params !== undefined){
let data31 = data7.params;
if(!(data31 && typeof data31 == "object" && !Array.isArray(data31))){
const err53 = {instancePath:instancePath+"/defaults/params",schemaPath:"#/properties/defaults/properties/params/type",keyword:"type",params:{type: "object"},message:"must be object",schema:schema31.properties.defaults.properties.params.type,parentSchema:schema31.properties.defaults.properties.params,data:data31};
if(vErrors === null){
vErrors = [err53];
}
else {
vErrors.push(err53);
}
errors++;
}
}
}
else {
const err54 = {instancePath:instancePath+"/defaults",schemaPath:"#/properties/defaults/type",keyword:"type",params:{type: "object"},message:"must be object",schema:schema31.properties.defaults.type,parentSchema:schema31.properties.defaults,data:data7};
if(vErrors === null){
vErrors = [err54];
}
else {
vErrors.push(err54);
}
errors++;
}
}
if(data.providers !== undefined){
let data32 = data.providers;
if(data32 && typeof data32 == "object" && !Array.isArray(data32)){
for(const key3 in data32){
if(!(pattern4.test(key3))){
if(!(validate28(data32[key3], {instancePath:instancePath+"/providers/" + key3.replace(/~/g, "~0").replace(/\//g, "~1"),parentData:data32,parentDataProperty:key3,rootData,dynamicAnchors}))){
vErrors = vErrors === null ? validate28.errors : appended(vErrors, validate28.errors);
errors = vErrors.length;
}
}
}
}
else {
const err55 = {instancePath:instancePath+"/providers",schemaPath:"#/properties/providers/type",keyword:"type",params:{type: "object"},message:"must be object",schema:schema31.properties.providers.type,parentSchema:schema31.properties.providers,data:data32};
if(vErrors === null){
vErrors = [err55];
}
else {
vErrors.push(err55);
}
errors++;
}
}
if(data.run !== undefined){
let data34 = data.run;
if(data34 && typeof data34 == "object" && !Array.isArray(data34)){
for(const key4 in data34){
if(!((((((key4 === "max_concurrent") || (key4 === "fail_fast")) || (key4 === "timeout")) || (key4 === "mode")) || (key4 === "deadline")) || (pattern4.test(key4)))){
const err56 = {instancePath:instancePath+"/run",schemaPath:"#/properties/run/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key4},message:"must NOT have additional properties",schema:false,parentSchema:schema31.properties.run,data:data34};
if(vErrors === null){
vErrors = [err56];
}
else {
vErrors.push(err56);
}
errors++;
}
}
if(data34.max_concurrent !== undefined){
let data35 = data34.max_concurrent;
if(!(((typeof data35 == "number") && (!(data35 % 1) && !isNaN(data35))) && (isFinite(data35)))){
const err57 = {instancePath:instancePath+"/run/max_concurrent",schemaPath:"#/properties/run/properties/max_concurrent/type",keyword:"type",params:{type: "integer"},message:"must be integer",schema:schema31.properties.run.properties.max_concurrent.type,parentSchema:schema31.properties.run.properties.max_concurrent,data:data35};
if(vErrors === null){
vErrors = [err57];
}
else {
vErrors.push(err57);
}
errors++;
}
if((typeof data35 == "number") && (isFinite(data35))){
if(data35 > 10000 || isNaN(data35)){
const err58 = {instancePath:instancePath+"/run/max_concurrent",schemaPath:"#/properties/run/properties/max_concurrent/maximum",keyword:"maximum",params:{comparison: "<=", limit: 10000},message:"must be <= 10000",schema:10000,parentSchema:schema31.properties.run.properties.max_concurrent,data:data35};
if(vErrors === null){
vErrors = [err58];
}
else {
vErrors.push(err58);
}
errors++;
}
if(data35 < 1 || isNaN(data35)){
const err59 = {instancePath:instancePath+"/run/max_concurrent",schemaPath:"#/properties/run/properties/max_concurrent/minimum",keyword:"minimum",params:{comparison: ">=", limit: 1},message:"must be >= 1",schema:1,parentSchema:schema31.properties.run.properties.max_concurrent,data:data35};
if(vErrors === null){
vErrors = [err59];
}
else {
vErrors.push(err59);
}
errors++;
}
}
}
if(data34.fail_fast !== undefined){
let data36 = data34.fail_fast;
if(typeof data36 !== "boolean"){
const err60 = {instancePath:instancePath+"/run/fail_fast",schemaPath:"#/properties/run/properties/fail_fast/type",keyword:"type",params:{type: "boolean"},message:"must be boolean",schema:schema31.properties.run.properties.fail_fast.type,parentSchema:schema31.properties.run.properties.fail_fast,data:data36};
if(vErrors === null){
vErrors = [err60];
}
else {
vErrors.push(err60);
}
errors++;
}
}
if(data34.timeout !== undefined){
let data37 = data34.timeout;
if(typeof data37 === "string"){
if(!pattern17.test(data37)){
const err61 = {instancePath:instancePath+"/run/timeout",schemaPath:"#/$defs/duration/pattern",keyword:"pattern",params:{pattern: "^(?=.)(\\d+(\\.\\d+)?d)?(\\d+(\\.\\d+)?h)?(\\d+(\\.\\d+)?m)?(\\d+(\\.\\d+)?s)?(\\d+(\\.\\d+)?ms)?$"},message:"must match pattern \""+"^(?=.)(\\d+(\\.\\d+)?d)?(\\d+(\\.\\d+)?h)?(\\d+(\\.\\d+)?m)?(\\d+(\\.\\d+)?s)?(\\d+(\\.\\d+)?ms)?$"+"\"",schema:"^(?=.)(\\d+(\\.\\d+)?d)?(\\d+(\\.\\d+)?h)?(\\d+(\\.\\d+)?m)?(\\d+(\\.\\d+)?s)?(\\d+(\\.\\d+)?ms)?$",parentSchema:schema41,data:data37};
if(vErrors === null){
vErrors = [err61];
}
else {
vErrors.push(err61);
}
errors++;
}
}
else {
const err62 = {instancePath:instancePath+"/run/timeout",schemaPath:"#/$defs/duration/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema41.type,parentSchema:schema41,data:data37};
if(vErrors === null){
vErrors = [err62];
}
else {
vErrors.push(err62);
}
errors++;
}
}
if(data34.mode !== undefined){
let data38 = data34.mode;
if(typeof data38 !== "string"){
const err63 = {instancePath:instancePath+"/run/mode",schemaPath:"#/properties/run/properties/mode/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema31.properties.run.properties.mode.type,parentSchema:schema31.properties.run.properties.mode,data:data38};
if(vErrors === null){
vErrors = [err63];
}
else {
vErrors.push(err63);
}
errors++;
}
if(!((((data38 === "realtime") || (data38 === "flex")) || (data38 === "batch")) || (data38 === "auto"))){
const err64 = {instancePath:instancePath+"/run/mode",schemaPath:"#/properties/run/properties/mode/enum",keyword:"enum",params:{allowedValues: schema31.properties.run.properties.mode.enum},message:"must be equal to one of the allowed values",schema:schema31.properties.run.properties.mode.enum,parentSchema:schema31.properties.run.properties.mode,data:data38};
if(vErrors === null){
vErrors = [err64];
}
else {
vErrors.push(err64);
}
errors++;
}
}
if(data34.deadline !== undefined){
let data39 = data34.deadline;
if(typeof data39 === "string"){
if(!pattern17.test(data39)){
const err65 = {instancePath:instancePath+"/run/deadline",schemaPath:"#/$defs/duration/pattern",keyword:"pattern",params:{pattern: "^(?=.)(\\d+(\\.\\d+)?d)?(\\d+(\\.\\d+)?h)?(\\d+(\\.\\d+)?m)?(\\d+(\\.\\d+)?s)?(\\d+(\\.\\d+)?ms)?$"},message:"must match pattern \""+"^(?=.)(\\d+(\\.\\d+)?d)?(\\d+(\\.\\d+)?h)?(\\d+(\\.\\d+)?m)?(\\d+(\\.\\d+)?s)?(\\d+(\\.\\d+)?ms)?$"+"\"",schema:"^(?=.)(\\d+(\\.\\d+)?d)?(\\d+(\\.\\d+)?h)?(\\d+(\\.\\d+)?m)?(\\d+(\\.\\d+)?s)?(\\d+(\\.\\d+)?ms)?$",parentSchema:schema41,data:data39};
if(vErrors === null){
vErrors = [err65];
}
else {
vErrors.push(err65);
}
errors++;
}
}
else {
const err66 = {instancePath:instancePath+"/run/deadline",schemaPath:"#/$defs/duration/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema41.type,parentSchema:schema41,data:data39};
if(vErrors === null){
vErrors = [err66];
}
else {
vErrors.push(err66);
}
errors++;
}
}
}
else {
const err67 = {instancePath:instancePath+"/run",schemaPath:"#/properties/run/type",keyword:"type",params:{type: "object"},message:"must be object",schema:schema31.properties.run.type,parentSchema:schema31.properties.run,data:data34};
if(vErrors === null){
vErrors = [err67];
}
else {
vErrors.push(err67);
}
errors++;
}
}
if(data.budget !== undefined){
let data40 = data.budget;
if(data40 && typeof data40 == "object" && !Array.isArray(data40)){
for(const key5 in data40){
if(!(((key5 === "max_cost_usd") || (key5 === "max_task_cost_usd")) || (pattern4.test(key5)))){
const err68 = {instancePath:instancePath+"/budget",schemaPath:"#/properties/budget/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key5},message:"must NOT have additional properties",schema:false,parentSchema:schema31.properties.budget,data:data40};
if(vErrors === null){
vErrors = [err68];
}
else {
vErrors.push(err68);
}
errors++;
}
}
if(data40.max_cost_usd !== undefined){
let data41 = data40.max_cost_usd;
if((typeof data41 == "number") && (isFinite(data41))){
if(data41 > 1000000 || isNaN(data41)){
const err69 = {instancePath:instancePath+"/budget/max_cost_usd",schemaPath:"#/properties/budget/properties/max_cost_usd/maximum",keyword:"maximum",params:{comparison: "<=", limit: 1000000},message:"must be <= 1000000",schema:1000000,parentSchema:schema31.properties.budget.properties.max_cost_usd,data:data41};
if(vErrors === null){
vErrors = [err69];
}
else {
vErrors.push(err69);
}
errors++;
}
if(data41 < 0 || isNaN(data41)){
const err70 = {instancePath:instancePath+"/budget/max_cost_usd",schemaPath:"#/properties/budget/properties/max_cost_usd/minimum",keyword:"minimum",params:{comparison: ">=", limit: 0},message:"must be >= 0",schema:0,parentSchema:schema31.properties.budget.properties.max_cost_usd,data:data41};
if(vErrors === null){
vErrors = [err70];
}
else {
vErrors.push(err70);
}
errors++;
}
}
else {
const err71 = {instancePath:instancePath+"/budget/max_cost_usd",schemaPath:"#/properties/budget/properties/max_cost_usd/type",keyword:"type",params:{type: "number"},message:"must be number",schema:schema31.properties.budget.properties.max_cost_usd.type,parentSchema:schema31.properties.budget.properties.max_cost_usd,data:data41};
if(vErrors === null){
vErrors = [err71];
}
else {
vErrors.push(err71);
}
errors++;
}
}
if(data40.max_task_cost_usd !== undefined){
let data42 = data40.max_task_cost_usd;
if((typeof data42 == "number") && (isFinite(data42))){
if(data42 > 1000000 || isNaN(data42)){
const err72 = {instancePath:instancePath+"/budget/max_task_cost_usd",schemaPath:"#/properties/budget/properties/max_task_cost_usd/maximum",keyword:"maximum",params:{comparison: "<=", limit: 1000000},message:"must be <= 1000000",schema:1000000,parentSchema:schema31.properties.budget.properties.max_task_cost_usd,data:data42};
if(vErrors === null){
vErrors = [err72];
}
else {
vErrors.push(err72);
}
errors++;
}
if(data42 < 0 || isNaN(data42)){
const err73 = {instancePath:instancePath+"/budget/max_task_cost_usd",schemaPath:"#/properties/budget/properties/max_task_cost_usd/minimum",keyword:"minimum",params:{comparison: ">=", limit: 0},message:"must be >= 0",schema:0,parentSchema:schema31.properties.budget.properties.max_task_cost_usd,data:data42};
if(vErrors === null){
vErrors = [err73];
}
else {
vErrors.push(err73);
}
errors++;
}
}
else {
const err74 = {instancePath:instancePath+"/budget/max_task_cost_usd",schemaPath:"#/properties/budget/properties/max_task_cost_usd/type",keyword:"type",params:{type: "number"},message:"must be number",schema:schema31.properties.budget.properties.max_task_cost_usd.type,parentSchema:schema31.properties.budget.properties.max_task_cost_usd,data:data42};
if(vErrors === null){
vErrors = [err74];
}
else {
vErrors.push(err74);
}
errors++;
}
}
}
else {
const err75 = {instancePath:instancePath+"/budget",schemaPath:"#/properties/budget/type",keyword:"type",params:{type: "object"},message:"must be object",schema:schema31.properties.budget.type,parentSchema:schema31.properties.budget,data:data40};
if(vErrors === null){
vErrors = [err75];
}
else {
vErrors.push(err75);
}
errors++;
}
}
if(data.prices !== undefined){
let data43 = data.prices;
if(data43 && typeof data43 == "object" && !Array.isArray(data43)){
for(const key6 in data43){
if(!(pattern54.test(key6))){
let data44 = data43[key6];
if(data44 && typeof data44 == "object" && !Array.isArray(data44)){
if(data44.input === undefined){
const err76 = {instancePath:instancePath+"/prices/" + key6.replace(/~/g, "~0").replace(/\//g, "~1"),schemaPath:"#/$defs/price/required",keyword:"required",params:{missingProperty: "input"},message:"must have required property '"+"input"+"'",schema:schema62.required,parentSchema:schema62,data:data44};
if(vErrors === null){
vErrors = [err76];
}
else {
vErrors.push(err76);
}
errors++;
}
if(data44.output === undefined){
const err77 = {instancePath:instancePath+"/prices/" + key6.replace(/~/g, "~0").replace(/\//g, "~1"),schemaPath:"#/$defs/price/required",keyword:"required",params:{missingProperty: "output"},message:"must have required property '"+"output"+"'",schema:schema62.required,parentSchema:schema62,data:data44};
if(vErrors === null){
vErrors = [err77];
}
else {
vErrors.push(err77);
}
errors++;
}
for(const key7 in data44){
if(!((func1.call(schema62.properties, key7)) || (pattern4.test(key7)))){
const err78 = {instancePath:instancePath+"/prices/" + key6.replace(/~/g, "~0").replace(/\//g, "~1"),schemaPath:"#/$defs/price/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key7},message:"must NOT have additional properties",schema:false,parentSchema:schema62,data:data44};
if(vErrors === null){
vErrors = [err78];
}
else {
vErrors.push(err78);
}
errors++;
}
}
if(data44.input !== undefined){
let data45 = data44.input;
if((typeof data45 == "number") && (isFinite(data45))){
if(data45 > 1000000 || isNaN(data45)){
const err79 = {instancePath:instancePath+"/prices/" + key6.replace(/~/g, "~0").replace(/\//g, "~1")+"/input",schemaPath:"#/$defs/price/properties/input/maximum",keyword:"maximum",params:{comparison: "<=", limit: 1000000},message:"must be <= 1000000",schema:1000000,parentSchema:schema62.properties.input,data:data45};
if(vErrors === null){
vErrors = [err79];
}
else {
vErrors.push(err79);
}
errors++;
}
if(data45 < 0 || isNaN(data45)){
const err80 = {instancePath:instancePath+"/prices/" + key6.replace(/~/g, "~0").replace(/\//g, "~1")+"/input",schemaPath:"#/$defs/price/properties/input/minimum",keyword:"minimum",params:{comparison: ">=", limit: 0},message:"must be >= 0",schema:0,parentSchema:schema62.properties.input,data:data45};
if(vErrors === null){
vErrors = [err80];
}
else {
vErrors.push(err80);
}
errors++;
}
}
else {
const err81 = {instancePath:instancePath+"/prices/" + key6.replace(/~/g, "~0").replace(/\//g, "~1")+"/input",schemaPath:"#/$defs/price/properties/input/type",keyword:"type",params:{type: "number"},message:"must be number",schema:schema62.properties.input.type,parentSchema:schema62.properties.input,data:data45};
if(vErrors === null){
vErrors = [err81];
}
else {
vErrors.push(err81);
}
errors++;
}
}
if(data44.output !== undefined){
let data46 = data44.output;
if((typeof data46 == "number") && (isFinite(data46))){
if(data46 > 1000000 || isNaN(data46)){
const err82 = {instancePath:instancePath+"/prices/" + key6.replace(/~/g, "~0").replace(/\//g, "~1")+"/output",schemaPath:"#/$defs/price/properties/output/maximum",keyword:"maximum",params:{comparison: "<=", limit: 1000000},message:"must be <= 1000000",schema:1000000,parentSchema:schema62.properties.output,data:data46};
if(vErrors === null){
vErrors = [err82];
}
else {
vErrors.push(err82);
}
errors++;
}
if(data46 < 0 || isNaN(data46)){
const err83 = {instancePath:instancePath+"/prices/" + key6.replace(/~/g, "~0").replace(/\//g, "~1")+"/output",schemaPath:"#/$defs/price/properties/output/minimum",keyword:"minimum",params:{comparison: ">=", limit: 0},message:"must be >= 0",schema:0,parentSchema:schema62.properties.output,data:data46};
if(vErrors === null){
vErrors = [err83];
}
else {
vErrors.push(err83);
}
errors++;
}
}
else {
const err84 = {instancePath:instancePath+"/prices/" + key6.replace(/~/g, "~0").replace(/\//g, "~1")+"/output",schemaPath:"#/$defs/price/properties/output/type",keyword:"type",params:{type: "number"},message:"must be number",schema:schema62.properties.output.type,parentSchema:schema62.properties.output,data:data46};
if(vErrors === null){
vErrors = [err84];
}
else {
vErrors.push(err84);
}
errors++;
}
}
if(data44.cache_read !== undefined){
let data47 = data44.cache_read;
if((typeof data47 == "number") && (isFinite(data47))){
if(data47 > 1000000 || isNaN(data47)){
const err85 = {instancePath:instancePath+"/prices/" + key6.replace(/~/g, "~0").replace(/\//g, "~1")+"/cache_read",schemaPath:"#/$defs/price/properties/cache_read/maximum",keyword:"maximum",params:{comparison: "<=", limit: 1000000},message:"must be <= 1000000",schema:1000000,parentSchema:schema62.properties.cache_read,data:data47};
if(vErrors === null){
vErrors = [err85];
}
else {
vErrors.push(err85);
}
errors++;
}
if(data47 < 0 || isNaN(data47)){
const err86 = {instancePath:instancePath+"/prices/" + key6.replace(/~/g, "~0").replace(/\//g, "~1")+"/cache_read",schemaPath:"#/$defs/price/properties/cache_read/minimum",keyword:"minimum",params:{comparison: ">=", limit: 0},message:"must be >= 0",schema:0,parentSchema:schema62.properties.cache_read,data:data47};
if(vErrors === null){
vErrors = [err86];
}
else {
vErrors.push(err86);
}
errors++;
}
}
else {
const err87 = {instancePath:instancePath+"/prices/" + key6.replace(/~/g, "~0").replace(/\//g, "~1")+"/cache_read",schemaPath:"#/$defs/price/properties/cache_read/type",keyword:"type",params:{type: "number"},message:"must be number",schema:schema62.properties.cache_read.type,parentSchema:schema62.properties.cache_read,data:data47};
if(vErrors === null){
vErrors = [err87];
}
else {
vErrors.push(err87);
}
errors++;
}
}
if(data44.cache_write !== undefined){
let data48 = data44.cache_write;
if((typeof data48 == "number") && (isFinite(data48))){
if(data48 > 1000000 || isNaN(data48)){
const err88 = {instancePath:instancePath+"/prices/" + key6.replace(/~/g, "~0").replace(/\//g, "~1")+"/cache_write",schemaPath:"#/$defs/price/properties/cache_write/maximum",keyword:"maximum",params:{comparison: "<=", limit: 1000000},message:"must be <= 1000000",schema:1000000,parentSchema:schema62.properties.cache_write,data:data48};
if(vErrors === null){
vErrors = [err88];
}
else {
vErrors.push(err88);
}
errors++;
}
if(data48 < 0 || isNaN(data48)){
const err89 = {instancePath:instancePath+"/prices/" + key6.replace(/~/g, "~0").replace(/\//g, "~1")+"/cache_write",schemaPath:"#/$defs/price/properties/cache_write/minimum",keyword:"minimum",params:{comparison: ">=", limit: 0},message:"must be >= 0",schema:0,parentSchema:schema62.properties.cache_write,data:data48};
if(vErrors === null){
vErrors = [err89];
}
else {
vErrors.push(err89);
}
errors++;
}
}
else {
const err90 = {instancePath:instancePath+"/prices/" + key6.replace(/~/g, "~0").replace(/\//g, "~1")+"/cache_write",schemaPath:"#/$defs/price/properties/cache_write/type",keyword:"type",params:{type: "number"},message:"must be number",schema:schema62.properties.cache_write.type,parentSchema:schema62.properties.cache_write,data:data48};
if(vErrors === null){
vErrors = [err90];
}
else {
vErrors.push(err90);
}
errors++;
}
}
if(data44.cache_write_1h !== undefined){
let data49 = data44.cache_write_1h;
if((typeof data49 == "number") && (isFinite(data49))){
if(data49 > 1000000 || isNaN(data49)){
const err91 = {instancePath:instancePath+"/prices/" + key6.replace(/~/g, "~0").replace(/\//g, "~1")+"/cache_write_1h",schemaPath:"#/$defs/price/properties/cache_write_1h/maximum",keyword:"maximum",params:{comparison: "<=", limit: 1000000},message:"must be <= 1000000",schema:1000000,parentSchema:schema62.properties.cache_write_1h,data:data49};
if(vErrors === null){
vErrors = [err91];
}
else {
vErrors.push(err91);
}
errors++;
}
if(data49 < 0 || isNaN(data49)){
const err92 = {instancePath:instancePath+"/prices/" + key6.replace(/~/g, "~0").replace(/\//g, "~1")+"/cache_write_1h",schemaPath:"#/$defs/price/properties/cache_write_1h/minimum",keyword:"minimum",params:{comparison: ">=", limit: 0},message:"must be >= 0",schema:0,parentSchema:schema62.properties.cache_write_1h,data:data49};
if(vErrors === null){
vErrors = [err92];
}
else {
vErrors.push(err92);
}
errors++;
}
}
else {
const err93 = {instancePath:instancePath+"/prices/" + key6.replace(/~/g, "~0").replace(/\//g, "~1")+"/cache_write_1h",schemaPath:"#/$defs/price/properties/cache_write_1h/type",keyword:"type",params:{type: "number"},message:"must be number",schema:schema62.properties.cache_write_1h.type,parentSchema:schema62.properties.cache_write_1h,data:data49};
if(vErrors === null){
vErrors = [err93];
}
else {
vErrors.push(err93);
}
errors++;
}
}
if(data44.batch !== undefined){
let data50 = data44.batch;
if((typeof data50 == "number") && (isFinite(data50))){
if(data50 > 100 || isNaN(data50)){
const err94 = {instancePath:instancePath+"/prices/" + key6.replace(/~/g, "~0").replace(/\//g, "~1")+"/batch",schemaPath:"#/$defs/price/properties/batch/maximum",keyword:"maximum",params:{comparison: "<=", limit: 100},message:"must be <= 100",schema:100,parentSchema:schema62.properties.batch,data:data50};
if(vErrors === null){
vErrors = [err94];
}
else {
vErrors.push(err94);
}
errors++;
}
if(data50 < 0 || isNaN(data50)){
const err95 = {instancePath:instancePath+"/prices/" + key6.replace(/~/g, "~0").replace(/\//g, "~1")+"/batch",schemaPath:"#/$defs/price/properties/batch/minimum",keyword:"minimum",params:{comparison: ">=", limit: 0},message:"must be >= 0",schema:0,parentSchema:schema62.properties.batch,data:data50};
if(vErrors === null){
vErrors = [err95];
}
else {
vErrors.push(err95);
}
errors++;
}
}
else {
const err96 = {instancePath:instancePath+"/prices/" + key6.replace(/~/g, "~0").replace(/\//g, "~1")+"/batch",schemaPath:"#/$defs/price/properties/batch/type",keyword:"type",params:{type: "number"},message:"must be number",schema:schema62.properties.batch.type,parentSchema:schema62.properties.batch,data:data50};
if(vErrors === null){
vErrors = [err96];
}
else {
vErrors.push(err96);
}
errors++;
}
}
if(data44.flex !== undefined){
let data51 = data44.flex;
if((typeof data51 == "number") && (isFinite(data51))){
if(data51 > 100 || isNaN(data51)){
const err97 = {instancePath:instancePath+"/prices/" + key6.replace(/~/g, "~0").replace(/\//g, "~1")+"/flex",schemaPath:"#/$defs/price/properties/flex/maximum",keyword:"maximum",params:{comparison: "<=", limit: 100},message:"must be <= 100",schema:100,parentSchema:schema62.properties.flex,data:data51};
if(vErrors === null){
vErrors = [err97];
}
else {
vErrors.push(err97);
}
errors++;
}
if(data51 < 0 || isNaN(data51)){
const err98 = {instancePath:instancePath+"/prices/" + key6.replace(/~/g, "~0").replace(/\//g, "~1")+"/flex",schemaPath:"#/$defs/price/properties/flex/minimum",keyword:"minimum",params:{comparison: ">=", limit: 0},message:"must be >= 0",schema:0,parentSchema:schema62.properties.flex,data:data51};
if(vErrors === null){
vErrors = [err98];
}
else {
vErrors.push(err98);
}
errors++;
}
}
else {
const err99 = {instancePath:instancePath+"/prices/" + key6.replace(/~/g, "~0").replace(/\//g, "~1")+"/flex",schemaPath:"#/$defs/price/properties/flex/type",keyword:"type",params:{type: "number"},message:"must be number",schema:schema62.properties.flex.type,parentSchema:schema62.properties.flex,data:data51};
if(vErrors === null){
vErrors = [err99];
}
else {
vErrors.push(err99);
}
errors++;
}
}
if(data44.fast !== undefined){
let data52 = data44.fast;
if((typeof data52 == "number") && (isFinite(data52))){
if(data52 > 100 || isNaN(data52)){
const err100 = {instancePath:instancePath+"/prices/" + key6.replace(/~/g, "~0").replace(/\//g, "~1")+"/fast",schemaPath:"#/$defs/price/properties/fast/maximum",keyword:"maximum",params:{comparison: "<=", limit: 100},message:"must be <= 100",schema:100,parentSchema:schema62.properties.fast,data:data52};
if(vErrors === null){
vErrors = [err100];
}
else {
vErrors.push(err100);
}
errors++;
}
if(data52 < 0 || isNaN(data52)){
const err101 = {instancePath:instancePath+"/prices/" + key6.replace(/~/g, "~0").replace(/\//g, "~1")+"/fast",schemaPath:"#/$defs/price/properties/fast/minimum",keyword:"minimum",params:{comparison: ">=", limit: 0},message:"must be >= 0",schema:0,parentSchema:schema62.properties.fast,data:data52};
if(vErrors === null){
vErrors = [err101];
}
else {
vErrors.push(err101);
}
errors++;
}
}
else {
const err102 = {instancePath:instancePath+"/prices/" + key6.replace(/~/g, "~0").replace(/\//g, "~1")+"/fast",schemaPath:"#/$defs/price/properties/fast/type",keyword:"type",params:{type: "number"},message:"must be number",schema:schema62.properties.fast.type,parentSchema:schema62.properties.fast,data:data52};
if(vErrors === null){
vErrors = [err102];
}
else {
vErrors.push(err102);
}
errors++;
}
}
if(data44.above !== undefined){
let data53 = data44.above;
if(data53 && typeof data53 == "object" && !Array.isArray(data53)){
for(const key8 in data53){
let data54 = data53[key8];
if(data54 && typeof data54 == "object" && !Array.isArray(data54)){
if(Object.keys(data54).length < 1){
const err103 = {instancePath:instancePath+"/prices/" + key6.replace(/~/g, "~0").replace(/\//g, "~1")+"/above/" + key8.replace(/~/g, "~0").replace(/\//g, "~1"),schemaPath:"#/$defs/price/properties/above/additionalProperties/minProperties",keyword:"minProperties",params:{limit: 1},message:"must NOT have fewer than 1 properties",schema:1,parentSchema:schema62.properties.above.additionalProperties,data:data54};
if(vErrors === null){
vErrors = [err103];
}
else {
vErrors.push(err103);
}
errors++;
}
for(const key9 in data54){
if(!((((((key9 === "input") || (key9 === "output")) || (key9 === "cache_read")) || (key9 === "cache_write")) || (key9 === "cache_write_1h")) || (pattern4.test(key9)))){
const err104 = {instancePath:instancePath+"/prices/" + key6.replace(/~/g, "~0").replace(/\//g, "~1")+"/above/" + key8.replace(/~/g, "~0").replace(/\//g, "~1"),schemaPath:"#/$defs/price/properties/above/additionalProperties/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key9},message:"must NOT have additional properties",schema:false,parentSchema:schema62.properties.above.additionalProperties,data:data54};
if(vErrors === null){
vErrors = [err104];
}
else {
vErrors.push(err104);
}
errors++;
}
}
if(data54.input !== undefined){
let data55 = data54.input;
if((typeof data55 == "number") && (isFinite(data55))){
if(data55 > 1000000 || isNaN(data55)){
const err105 = {instancePath:instancePath+"/prices/" + key6.replace(/~/g, "~0").replace(/\//g, "~1")+"/above/" + key8.replace(/~/g, "~0").replace(/\//g, "~1")+"/input",schemaPath:"#/$defs/price/properties/above/additionalProperties/properties/input/maximum",keyword:"maximum",params:{comparison: "<=", limit: 1000000},message:"must be <= 1000000",schema:1000000,parentSchema:schema62.properties.above.additionalProperties.properties.input,data:data55};
if(vErrors === null){
vErrors = [err105];
}
else {
vErrors.push(err105);
}
errors++;
}
if(data55 < 0 || isNaN(data55)){
const err106 = {instancePath:instancePath+"/prices/" + key6.replace(/~/g, "~0").replace(/\//g, "~1")+"/above/" + key8.replace(/~/g, "~0").replace(/\//g, "~1")+"/input",schemaPath:"#/$defs/price/properties/above/additionalProperties/properties/input/minimum",keyword:"minimum",params:{comparison: ">=", limit: 0},message:"must be >= 0",schema:0,parentSchema:schema62.properties.above.additionalProperties.properties.input,data:data55};
if(vErrors === null){
vErrors = [err106];
}
else {
vErrors.push(err106);
}
errors++;
}
}
else {
const err107 = {instancePath:instancePath+"/prices/" + key6.replace(/~/g, "~0").replace(/\//g, "~1")+"/above/" + key8.replace(/~/g, "~0").replace(/\//g, "~1")+"/input",schemaPath:"#/$defs/price/properties/above/additionalProperties/properties/input/type",keyword:"type",params:{type: "number"},message:"must be number",schema:schema62.properties.above.additionalProperties.properties.input.type,parentSchema:schema62.properties.above.additionalProperties.properties.input,data:data55};
if(vErrors === null){
vErrors = [err107];
}
else {
vErrors.push(err107);
}
errors++;
}
}
if(data54.output !== undefined){
let data56 = data54.output;
if((typeof data56 == "number") && (isFinite(data56))){
if(data56 > 1000000 || isNaN(data56)){
const err108 = {instancePath:instancePath+"/prices/" + key6.replace(/~/g, "~0").replace(/\//g, "~1")+"/above/" + key8.replace(/~/g, "~0").replace(/\//g, "~1")+"/output",schemaPath:"#/$defs/price/properties/above/additionalProperties/properties/output/maximum",keyword:"maximum",params:{comparison: "<=", limit: 1000000},message:"must be <= 1000000",schema:1000000,parentSchema:schema62.properties.above.additionalProperties.properties.output,data:data56};
if(vErrors === null){
vErrors = [err108];
}
else {
vErrors.push(err108);
}
errors++;
}
if(data56 < 0 || isNaN(data56)){
const err109 = {instancePath:instancePath+"/prices/" + key6.replace(/~/g, "~0").replace(/\//g, "~1")+"/above/" + key8.replace(/~/g, "~0").replace(/\//g, "~1")+"/output",schemaPath:"#/$defs/price/properties/above/additionalProperties/properties/output/minimum",keyword:"minimum",params:{comparison: ">=", limit: 0},message:"must be >= 0",schema:0,parentSchema:schema62.properties.above.additionalProperties.properties.output,data:data56};
if(vErrors === null){
vErrors = [err109];
}
else {
vErrors.push(err109);
}
errors++;
}
}
else {
const err110 = {instancePath:instancePath+"/prices/" + key6.replace(/~/g, "~0").replace(/\//g, "~1")+"/above/" + key8.replace(/~/g, "~0").replace(/\//g, "~1")+"/output",schemaPath:"#/$defs/price/properties/above/additionalProperties/properties/output/type",keyword:"type",params:{type: "number"},message:"must be number",schema:schema62.properties.above.additionalProperties.properties.output.type,parentSchema:schema62.properties.above.additionalProperties.properties.output,data:data56};
if(vErrors === null){
vErrors = [err110];
}
else {
vErrors.push(err110);
}
errors++;
}
}
if(data54.cache_read !== undefined){
let data57 = data54.cache_read;
if((typeof data57 == "number") && (isFinite(data57))){
if(data57 > 1000000 || isNaN(data57)){
const err111 = {instancePath:instancePath+"/prices/" + key6.replace(/~/g, "~0").replace(/\//g, "~1")+"/above/" + key8.replace(/~/g, "~0").replace(/\//g, "~1")+"/cache_read",schemaPath:"#/$defs/price/properties/above/additionalProperties/properties/cache_read/maximum",keyword:"maximum",params:{comparison: "<=", limit: 1000000},message:"must be <= 1000000",schema:1000000,parentSchema:schema62.properties.above.additionalProperties.properties.cache_read,data:data57};
if(vErrors === null){
vErrors = [err111];
}
else {
vErrors.push(err111);
}
errors++;
}
if(data57 < 0 || isNaN(data57)){
const err112 = {instancePath:instancePath+"/prices/" + key6.replace(/~/g, "~0").replace(/\//g, "~1")+"/above/" + key8.replace(/~/g, "~0").replace(/\//g, "~1")+"/cache_read",schemaPath:"#/$defs/price/properties/above/additionalProperties/properties/cache_read/minimum",keyword:"minimum",params:{comparison: ">=", limit: 0},message:"must be >= 0",schema:0,parentSchema:schema62.properties.above.additionalProperties.properties.cache_read,data:data57};
if(vErrors === null){
vErrors = [err112];
}
else {
vErrors.push(err112);
}
errors++;
}
}
else {
const err113 = {instancePath:instancePath+"/prices/" + key6.replace(/~/g, "~0").replace(/\//g, "~1")+"/above/" + key8.replace(/~/g, "~0").replace(/\//g, "~1")+"/cache_read",schemaPath:"#/$defs/price/properties/above/additionalProperties/properties/cache_read/type",keyword:"type",params:{type: "number"},message:"must be number",schema:schema62.properties.above.additionalProperties.properties.cache_read.type,parentSchema:schema62.properties.above.additionalProperties.properties.cache_read,data:data57};
if(vErrors === null){
vErrors = [err113];
}
else {
vErrors.push(err113);
}
errors++;
}
}
if(data54.cache_write !== undefined){
let data58 = data54.cache_write;
if((typeof data58 == "number") && (isFinite(data58))){
if(data58 > 1000000 || isNaN(data58)){
const err114 = {instancePath:instancePath+"/prices/" + key6.replace(/~/g, "~0").replace(/\//g, "~1")+"/above/" + key8.replace(/~/g, "~0").replace(/\//g, "~1")+"/cache_write",schemaPath:"#/$defs/price/properties/above/additionalProperties/properties/cache_write/maximum",keyword:"maximum",params:{comparison: "<=", limit: 1000000},message:"must be <= 1000000",schema:1000000,parentSchema:schema62.properties.above.additionalProperties.properties.cache_write,data:data58};
if(vErrors === null){
vErrors = [err114];
}
else {
vErrors.push(err114);
}
errors++;
}
if(data58 < 0 || isNaN(data58)){
const err115 = {instancePath:instancePath+"/prices/" + key6.replace(/~/g, "~0").replace(/\//g, "~1")+"/above/" + key8.replace(/~/g, "~0").replace(/\//g, "~1")+"/cache_write",schemaPath:"#/$defs/price/properties/above/additionalProperties/properties/cache_write/minimum",keyword:"minimum",params:{comparison: ">=", limit: 0},message:"must be >= 0",schema:0,parentSchema:schema62.properties.above.additionalProperties.properties.cache_write,data:data58};
if(vErrors === null){
vErrors = [err115];
}
else {
vErrors.push(err115);
}
errors++;
}
}
else {
const err116 = {instancePath:instancePath+"/prices/" + key6.replace(/~/g, "~0").replace(/\//g, "~1")+"/above/" + key8.replace(/~/g, "~0").replace(/\//g, "~1")+"/cache_write",schemaPath:"#/$defs/price/properties/above/additionalProperties/properties/cache_write/type",keyword:"type",params:{type: "number"},message:"must be number",schema:schema62.properties.above.additionalProperties.properties.cache_write.type,parentSchema:schema62.properties.above.additionalProperties.properties.cache_write,data:data58};
if(vErrors === null){
vErrors = [err116];
}
else {
vErrors.push(err116);
}
errors++;
}
}
if(data54.cache_write_1h !== undefined){
let data59 = data54.cache_write_1h;
if((typeof data59 == "number") && (isFinite(data59))){
if(data59 > 1000000 || isNaN(data59)){
const err117 = {instancePath:instancePath+"/prices/" + key6.replace(/~/g, "~0").replace(/\//g, "~1")+"/above/" + key8.replace(/~/g, "~0").replace(/\//g, "~1")+"/cache_write_1h",schemaPath:"#/$defs/price/properties/above/additionalProperties/properties/cache_write_1h/maximum",keyword:"maximum",params:{comparison: "<=", limit: 1000000},message:"must be <= 1000000",schema:1000000,parentSchema:schema62.properties.above.additionalProperties.properties.cache_write_1h,data:data59};
if(vErrors === null){
vErrors = [err117];
}
else {
vErrors.push(err117);
}
errors++;
}
if(data59 < 0 || isNaN(data59)){
const err118 = {instancePath:instancePath+"/prices/" + key6.replace(/~/g, "~0").replace(/\//g, "~1")+"/above/" + key8.replace(/~/g, "~0").replace(/\//g, "~1")+"/cache_write_1h",schemaPath:"#/$defs/price/properties/above/additionalProperties/properties/cache_write_1h/minimum",keyword:"minimum",params:{comparison: ">=", limit: 0},message:"must be >= 0",schema:0,parentSchema:schema62.properties.above.additionalProperties.properties.cache_write_1h,data:data59};
if(vErrors === null){
vErrors = [err118];
}
else {
vErrors.push(err118);
}
errors++;
}
}
else {
const err119 = {instancePath:instancePath+"/prices/" + key6.replace(/~/g, "~0").replace(/\//g, "~1")+"/above/" + key8.replace(/~/g, "~0").replace(/\//g, "~1")+"/cache_write_1h",schemaPath:"#/$defs/price/properties/above/additionalProperties/properties/cache_write_1h/type",keyword:"type",params:{type: "number"},message:"must be number",schema:schema62.properties.above.additionalProperties.properties.cache_write_1h.type,parentSchema:schema62.properties.above.additionalProperties.properties.cache_write_1h,data:data59};
if(vErrors === null){
vErrors = [err119];
}
else {
vErrors.push(err119);
}
errors++;
}
}
}
else {
const err120 = {instancePath:instancePath+"/prices/" + key6.replace(/~/g, "~0").replace(/\//g, "~1")+"/above/" + key8.replace(/~/g, "~0").replace(/\//g, "~1"),schemaPath:"#/$defs/price/properties/above/additionalProperties/type",keyword:"type",params:{type: "object"},message:"must be object",schema:schema62.properties.above.additionalProperties.type,parentSchema:schema62.properties.above.additionalProperties,data:data54};
if(vErrors === null){
vErrors = [err120];
}
else {
vErrors.push(err120);
}
errors++;
}
}
}
else {
const err121 = {instancePath:instancePath+"/prices/" + key6.replace(/~/g, "~0").replace(/\//g, "~1")+"/above",schemaPath:"#/$defs/price/properties/above/type",keyword:"type",params:{type: "object"},message:"must be object",schema:schema62.properties.above.type,parentSchema:schema62.properties.above,data:data53};
if(vErrors === null){
vErrors = [err121];
}
else {
vErrors.push(err121);
}
errors++;
}
}
}
else {
const err122 = {instancePath:instancePath+"/prices/" + key6.replace(/~/g, "~0").replace(/\//g, "~1"),schemaPath:"#/$defs/price/type",keyword:"type",params:{type: "object"},message:"must be object",schema:schema62.type,parentSchema:schema62,data:data44};
if(vErrors === null){
vErrors = [err122];
}
else {
vErrors.push(err122);
}
errors++;
}
}
}
}
else {
const err123 = {instancePath:instancePath+"/prices",schemaPath:"#/properties/prices/type",keyword:"type",params:{type: "object"},message:"must be object",schema:schema31.properties.prices.type,parentSchema:schema31.properties.prices,data:data43};
if(vErrors === null){
vErrors = [err123];
}
else {
vErrors.push(err123);
}
errors++;
}
}
if(data.tasks !== undefined){
let data60 = data.tasks;
if(Array.isArray(data60)){
const len4 = data60.length;
for(let i4=0; i4<len4; i4++){
if(!(validate35(data60[i4], {instancePath:instancePath+"/tasks/" + i4,parentData:data60,parentDataProperty:i4,rootData,dynamicAnchors}))){
vErrors = vErrors === null ? validate35.errors : appended(vErrors, validate35.errors);
errors = vErrors.length;
}
}
}
else {
const err124 = {instancePath:instancePath+"/tasks",schemaPath:"#/properties/tasks/type",keyword:"type",params:{type: "array"},message:"must be array",schema:schema31.properties.tasks.type,parentSchema:schema31.properties.tasks,data:data60};
if(vErrors === null){
vErrors = [err124];
}
else {
vErrors.push(err124);
}
errors++;
}
}
if(data.results !== undefined){
let data62 = data.results;
if(data62 && typeof data62 == "object" && !Array.isArray(data62)){
for(const key10 in data62){
if(!((key10 === "include") || (pattern4.test(key10)))){
const err125 = {instancePath:instancePath+"/results",schemaPath:"#/properties/results/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key10},message:"must NOT have additional properties",schema:false,parentSchema:schema31.properties.results,data:data62};
if(vErrors === null){
vErrors = [err125];
}
else {
vErrors.push(err125);
}
errors++;
}
}
if(data62.include !== undefined){
let data63 = data62.include;
if(Array.isArray(data63)){
const len5 = data63.length;
for(let i5=0; i5<len5; i5++){
let data64 = data63[i5];
if(typeof data64 !== "string"){
const err126 = {instancePath:instancePath+"/results/include/" + i5,schemaPath:"#/properties/results/properties/include/items/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema31.properties.results.properties.include.items.type,parentSchema:schema31.properties.results.properties.include.items,data:data64};
if(vErrors === null){
vErrors = [err126];
}
else {
vErrors.push(err126);
}
errors++;
}
if(!((data64 === "item") || (data64 === "prompt"))){
const err127 = {instancePath:instancePath+"/results/include/" + i5,schemaPath:"#/properties/results/properties/include/items/enum",keyword:"enum",params:{allowedValues: schema31.properties.results.properties.include.items.enum},message:"must be equal to one of the allowed values",schema:schema31.properties.results.properties.include.items.enum,parentSchema:schema31.properties.results.properties.include.items,data:data64};
if(vErrors === null){
vErrors = [err127];
}
else {
vErrors.push(err127);
}
errors++;
}
}
}
else {
const err128 = {instancePath:instancePath+"/results/include",schemaPath:"#/properties/results/properties/include/type",keyword:"type",params:{type: "array"},message:"must be array",schema:schema31.properties.results.properties.include.type,parentSchema:schema31.properties.results.properties.include,data:data63};
if(vErrors === null){
vErrors = [err128];
}
else {
vErrors.push(err128);
}
errors++;
}
}
}
else {
const err129 = {instancePath:instancePath+"/results",schemaPath:"#/properties/results/type",keyword:"type",params:{type: "object"},message:"must be object",schema:schema31.properties.results.type,parentSchema:schema31.properties.results,data:data62};
if(vErrors === null){
vErrors = [err129];
}
else {
vErrors.push(err129);
}
errors++;
}
}
if(data.batch !== undefined){
let data65 = data.batch;
if(data65 && typeof data65 == "object" && !Array.isArray(data65)){
for(const key11 in data65){
if(!((((key11 === "leftovers") || (key11 === "min_rows")) || (key11 === "keep_files")) || (pattern4.test(key11)))){
const err130 = {instancePath:instancePath+"/batch",schemaPath:"#/properties/batch/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key11},message:"must NOT have additional properties",schema:false,parentSchema:schema31.properties.batch,data:data65};
if(vErrors === null){
vErrors = [err130];
}
else {
vErrors.push(err130);
}
errors++;
}
}
if(data65.leftovers !== undefined){
let data66 = data65.leftovers;
if(typeof data66 !== "string"){
const err131 = {instancePath:instancePath+"/batch/leftovers",schemaPath:"#/properties/batch/properties/leftovers/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema31.properties.batch.properties.leftovers.type,parentSchema:schema31.properties.batch.properties.leftovers,data:data66};
if(vErrors === null){
vErrors = [err131];
}
else {
vErrors.push(err131);
}
errors++;
}
if(!((data66 === "realtime") || (data66 === "batch"))){
const err132 = {instancePath:instancePath+"/batch/leftovers",schemaPath:"#/properties/batch/properties/leftovers/enum",keyword:"enum",params:{allowedValues: schema31.properties.batch.properties.leftovers.enum},message:"must be equal to one of the allowed values",schema:schema31.properties.batch.properties.leftovers.enum,parentSchema:schema31.properties.batch.properties.leftovers,data:data66};
if(vErrors === null){
vErrors = [err132];
}
else {
vErrors.push(err132);
}
errors++;
}
}
if(data65.min_rows !== undefined){
let data67 = data65.min_rows;
if(!(((typeof data67 == "number") && (!(data67 % 1) && !isNaN(data67))) && (isFinite(data67)))){
const err133 = {instancePath:instancePath+"/batch/min_rows",schemaPath:"#/properties/batch/properties/min_rows/type",keyword:"type",params:{type: "integer"},message:"must be integer",schema:schema31.properties.batch.properties.min_rows.type,parentSchema:schema31.properties.batch.properties.min_rows,data:data67};
if(vErrors === null){
vErrors = [err133];
}
else {
vErrors.push(err133);
}
errors++;
}
if((typeof data67 == "number") && (isFinite(data67))){
if(data67 > 10000 || isNaN(data67)){
const err134 = {instancePath:instancePath+"/batch/min_rows",schemaPath:"#/properties/batch/properties/min_rows/maximum",keyword:"maximum",params:{comparison: "<=", limit: 10000},message:"must be <= 10000",schema:10000,parentSchema:schema31.properties.batch.properties.min_rows,data:data67};
if(vErrors === null){
vErrors = [err134];
}
else {
vErrors.push(err134);
}
errors++;
}
if(data67 < 1 || isNaN(data67)){
const err135 = {instancePath:instancePath+"/batch/min_rows",schemaPath:"#/properties/batch/properties/min_rows/minimum",keyword:"minimum",params:{comparison: ">=", limit: 1},message:"must be >= 1",schema:1,parentSchema:schema31.properties.batch.properties.min_rows,data:data67};
if(vErrors === null){
vErrors = [err135];
}
else {
vErrors.push(err135);
}
errors++;
}
}
}
if(data65.keep_files !== undefined){
let data68 = data65.keep_files;
if(typeof data68 !== "boolean"){
const err136 = {instancePath:instancePath+"/batch/keep_files",schemaPath:"#/properties/batch/properties/keep_files/type",keyword:"type",params:{type: "boolean"},message:"must be boolean",schema:schema31.properties.batch.properties.keep_files.type,parentSchema:schema31.properties.batch.properties.keep_files,data:data68};
if(vErrors === null){
vErrors = [err136];
}
else {
vErrors.push(err136);
}
errors++;
}
}
}
else {
const err137 = {instancePath:instancePath+"/batch",schemaPath:"#/properties/batch/type",keyword:"type",params:{type: "object"},message:"must be object",schema:schema31.properties.batch.type,parentSchema:schema31.properties.batch,data:data65};
if(vErrors === null){
vErrors = [err137];
}
else {
vErrors.push(err137);
}
errors++;
}
}
if(data.response_cache !== undefined){
let data69 = data.response_cache;
if(data69 && typeof data69 == "object" && !Array.isArray(data69)){
for(const key12 in data69){
if(!(((key12 === "dir") || (key12 === "ttl")) || (pattern4.test(key12)))){
const err138 = {instancePath:instancePath+"/response_cache",schemaPath:"#/properties/response_cache/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key12},message:"must NOT have additional properties",schema:false,parentSchema:schema31.properties.response_cache,data:data69};
if(vErrors === null){
vErrors = [err138];
}
else {
vErrors.push(err138);
}
errors++;
}
}
if(data69.dir !== undefined){
let data70 = data69.dir;
if(typeof data70 === "string"){
if(!pattern6.test(data70)){
const err139 = {instancePath:instancePath+"/response_cache/dir",schemaPath:"#/properties/response_cache/properties/dir/pattern",keyword:"pattern",params:{pattern: "\\S"},message:"must match pattern \""+"\\S"+"\"",schema:"\\S",parentSchema:schema31.properties.response_cache.properties.dir,data:data70};
if(vErrors === null){
vErrors = [err139];
}
else {
vErrors.push(err139);
}
errors++;
}
}
else {
const err140 = {instancePath:instancePath+"/response_cache/dir",schemaPath:"#/properties/response_cache/properties/dir/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema31.properties.response_cache.properties.dir.type,parentSchema:schema31.properties.response_cache.properties.dir,data:data70};
if(vErrors === null){
vErrors = [err140];
}
else {
vErrors.push(err140);
}
errors++;
}
}
if(data69.ttl !== undefined){
let data71 = data69.ttl;
if(typeof data71 === "string"){
if(!pattern17.test(data71)){
const err141 = {instancePath:instancePath+"/response_cache/ttl",schemaPath:"#/$defs/duration/pattern",keyword:"pattern",params:{pattern: "^(?=.)(\\d+(\\.\\d+)?d)?(\\d+(\\.\\d+)?h)?(\\d+(\\.\\d+)?m)?(\\d+(\\.\\d+)?s)?(\\d+(\\.\\d+)?ms)?$"},message:"must match pattern \""+"^(?=.)(\\d+(\\.\\d+)?d)?(\\d+(\\.\\d+)?h)?(\\d+(\\.\\d+)?m)?(\\d+(\\.\\d+)?s)?(\\d+(\\.\\d+)?ms)?$"+"\"",schema:"^(?=.)(\\d+(\\.\\d+)?d)?(\\d+(\\.\\d+)?h)?(\\d+(\\.\\d+)?m)?(\\d+(\\.\\d+)?s)?(\\d+(\\.\\d+)?ms)?$",parentSchema:schema41,data:data71};
if(vErrors === null){
vErrors = [err141];
}
else {
vErrors.push(err141);
}
errors++;
}
}
else {
const err142 = {instancePath:instancePath+"/response_cache/ttl",schemaPath:"#/$defs/duration/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema41.type,parentSchema:schema41,data:data71};
if(vErrors === null){
vErrors = [err142];
}
else {
vErrors.push(err142);
}
errors++;
}
}
}
else {
const err143 = {instancePath:instancePath+"/response_cache",schemaPath:"#/properties/response_cache/type",keyword:"type",params:{type: "object"},message:"must be object",schema:schema31.properties.response_cache.type,parentSchema:schema31.properties.response_cache,data:data69};
if(vErrors === null){
vErrors = [err143];
}
else {
vErrors.push(err143);
}
errors++;
}
}
if(data.output !== undefined){
let data72 = data.output;
if(typeof data72 === "string"){
if(!pattern6.test(data72)){
const err144 = {instancePath:instancePath+"/output",schemaPath:"#/properties/output/pattern",keyword:"pattern",params:{pattern: "\\S"},message:"must match pattern \""+"\\S"+"\"",schema:"\\S",parentSchema:schema31.properties.output,data:data72};
if(vErrors === null){
vErrors = [err144];
}
else {
vErrors.push(err144);
}
errors++;
}
}
else {
const err145 = {instancePath:instancePath+"/output",schemaPath:"#/properties/output/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema31.properties.output.type,parentSchema:schema31.properties.output,data:data72};
if(vErrors === null){
vErrors = [err145];
}
else {
vErrors.push(err145);
}
errors++;
}
}
}
else {
const err146 = {instancePath,schemaPath:"#/type",keyword:"type",params:{type: "object"},message:"must be object",schema:schema31.type,parentSchema:schema31,data};
if(vErrors === null){
vErrors = [err146];
}
else {
vErrors.push(err146);
}
errors++;
}
validate20.errors = vErrors;
return errors === 0;
}
validate20.evaluated = {"props":true,"dynamicProps":false,"dynamicItems":false};

function appended(errors, more) {
  for (const error of more) if (errors.length < 10000) errors.push(error);
  return errors;
}
