"""llama-cpp-python's own generator behind the lines of `benchmarks.bare_loop`, for the record."""

import json
import sys
import time

import llama_cpp


def main() -> None:
    """Answer `{"prompt", "max_tokens"}` with `{"text", "tokens", "decode_s"}`."""
    path, context_tokens, threads = sys.argv[1:]
    model = llama_cpp.Llama(
        path, n_ctx=int(context_tokens), n_threads=int(threads), n_batch=512, verbose=False
    )
    for line in sys.stdin:
        question = json.loads(line)
        times: list[float] = []
        words = []
        for chunk in model.create_chat_completion(
            [{"role": "user", "content": question["prompt"]}],
            max_tokens=question["max_tokens"],
            temperature=0,
            repeat_penalty=1.0,
            stream=True,
        ):
            assert isinstance(chunk, dict)
            if word := chunk["choices"][0]["delta"].get("content"):
                times.append(time.perf_counter())
                words.append(str(word))
        answer = {"text": "".join(words), "tokens": len(times), "decode_s": times[-1] - times[0]}
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
