"""A vocabulary as a GGUF carries it."""

import gguf
import msgspec

UNK, BOS, EOS = 0, 1, 2


class Vocabulary(msgspec.Struct, frozen=True, kw_only=True):
    """Every token by id, as it stands in the file.

    Attributes:
        space: What a space looks like inside `tokens`.
        merges: Of a "gpt2" vocabulary: pairs in the order in which they are applied.
        scores: Of a "llama" (sentencepiece) vocabulary.
        pad: Id of the padding token, None where there is none.
    """

    model: str
    pre: str
    tokens: tuple[str, ...]
    kinds: tuple[gguf.TokenType, ...]
    space: str
    merges: tuple[str, ...] = ()
    scores: tuple[float, ...] = ()
    pad: int | None = None

    @property
    def controls(self) -> list[int]:
        """Ids that stand for no text."""
        textless = (gguf.TokenType.CONTROL, gguf.TokenType.UNKNOWN)
        return [token for token, kind in enumerate(self.kinds) if kind in textless]

    def id_of(self, text: str) -> int:
        """The id of a token by its text, spaces written as spaces.

        Raises:
            ValueError: It is not one token; only ASCII text can be looked up.
        """
        try:
            return self.tokens.index(text.replace(" ", self.space))
        except ValueError:
            raise ValueError(f"{text!r} is not one token") from None

    def add_to(self, writer: gguf.GGUFWriter, *, template: str) -> None:
        """Write it, with the chat template, as conversions of Mistral's own files do."""
        writer.add_tokenizer_model(self.model)
        writer.add_tokenizer_pre(self.pre)
        writer.add_token_list(list(self.tokens))
        writer.add_token_types(list(self.kinds))
        if self.merges:
            writer.add_token_merges(list(self.merges))
        if self.scores:
            writer.add_token_scores(list(self.scores))
        writer.add_unk_token_id(UNK)
        writer.add_bos_token_id(BOS)
        writer.add_eos_token_id(EOS)
        if self.pad is not None:
            writer.add_pad_token_id(self.pad)
        writer.add_add_bos_token(True)
        writer.add_add_eos_token(False)
        writer.add_vocab_size(len(self.tokens))
        writer.add_chat_template(template)
