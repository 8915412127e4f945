// node-llama-cpp behind the same lines as benchmarks/bare_loop.py, for the record.
// Run in a folder where `npm install node-llama-cpp` was done: node node_loop.mjs GGUF CONTEXT THREADS
import readline from "node:readline";
import {createRequire} from "node:module";
import {pathToFileURL} from "node:url";

const require = createRequire(pathToFileURL(process.cwd() + "/"));
const {getLlama, LlamaChatSession} = await import(pathToFileURL(require.resolve("node-llama-cpp")));

const [path, contextSize, threads] = process.argv.slice(2);
const llama = await getLlama({gpu: false, build: "never", logLevel: "error"});
const model = await llama.loadModel({modelPath: path});

for await (const line of readline.createInterface({input: process.stdin})) {
    const {prompt, max_tokens} = JSON.parse(line);
    const context = await model.createContext({contextSize: +contextSize, threads: +threads});
    const session = new LlamaChatSession({contextSequence: context.getSequence()});
    let first = 0, last = 0, tokens = 0, text = "";
    await session.prompt(prompt, {
        maxTokens: max_tokens,
        temperature: 0,
        onToken: (chunk) => {
            last = performance.now();
            first ||= last;
            tokens += chunk.length;
            text += model.detokenize(chunk);
        },
    });
    await context.dispose();
    console.log(JSON.stringify({text, tokens, decode_s: (last - first) / 1000}));
}
process.exit(0);
