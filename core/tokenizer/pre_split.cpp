// SPDX-License-Identifier: Apache-2.0
// The table of pre-tokenizers and its matching by PCRE2.
#include "core/tokenizer/pre_split.h"

#include "core/base/error.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include <array>
#include <limits>
#include <span>

namespace sinkscope {

namespace {

// White space is the Unicode property White_Space, written out: PCRE2's \s counts U+180E besides, which
// neither the tokenizers' own engines nor today's Unicode do (PropList.txt, White_Space).
#define SPACES                                                                                               \
    "\\x{9}-\\x{D}\\x{20}\\x{85}\\x{A0}\\x{1680}\\x{2000}-\\x{200A}\\x{2028}\\x{2029}\\x{202F}\\x{205F}\\x{" \
    "3000}"
#define SPACE "[" SPACES "]"
#define NO_SPACE "[^" SPACES "]"
#define OTHER "[^" SPACES "\\p{L}\\p{N}]"

// Sources: GPT-2 (openai/gpt-2, encoder.py), Llama 3 and Qwen2 (their published tokenizer.json), SmolLM2
// (Digits with individual_digits, then the GPT-2 expression), the default of llama.cpp (llama-vocab.cpp).
constexpr const char *kGpt2 =
    "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?" OTHER "+|" SPACE "+(?!" NO_SPACE ")|" SPACE "+";
constexpr const char *kLlama3 =
    "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}| ?" OTHER "+[\\r\\n]*|" SPACE
    "*[\\r\\n]+|" SPACE "+(?!" NO_SPACE ")|" SPACE "+";
constexpr const char *kQwen2 = "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}| ?" OTHER
                               "+[\\r\\n]*|" SPACE "*[\\r\\n]+|" SPACE "+(?!" NO_SPACE ")|" SPACE "+";
constexpr const char *kEachDigit = "\\p{N}";

constexpr std::array kSmollmSteps {kEachDigit, kGpt2};
constexpr std::array kGpt2Steps {kGpt2};
constexpr std::array kLlama3Steps {kLlama3};
constexpr std::array kQwen2Steps {kQwen2};
constexpr std::array kDefaultSteps {"[\\p{P}$+<=>^~|]+",
    "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?" OTHER "+|" SPACE "+(?!" NO_SPACE ")", "\\p{N}+",
    "[0-9][0-9][0-9]"};

#undef SPACES
#undef SPACE
#undef NO_SPACE
#undef OTHER

enum class BosByDefault { No, Yes };

struct Kind {
    std::string_view name;
    std::span<const char *const> steps;
    WholePieces wholePieces = WholePieces::Merge;
    BosByDefault bos = BosByDefault::No;
};

constexpr std::array kKinds {
    Kind {"smollm", kSmollmSteps},
    Kind {"gpt-2", kGpt2Steps},
    Kind {"llama-bpe", kLlama3Steps, WholePieces::TakeAsTheyAre, BosByDefault::Yes},
    Kind {"llama3", kLlama3Steps, WholePieces::TakeAsTheyAre, BosByDefault::Yes},
    Kind {"llama-v3", kLlama3Steps, WholePieces::TakeAsTheyAre, BosByDefault::Yes},
    Kind {"qwen2", kQwen2Steps},
    Kind {"default", kDefaultSteps},
};

const Kind &kindNamed(std::string_view name, const std::string &file)
{
    for (const Kind &kind : kKinds) {
        if (kind.name == name)
            return kind;
    }
    throw Error({.what = "the pre-tokenizer is not known",
        .file = file,
        .place = "metadata key 'tokenizer.ggml.pre'",
        .given = std::string(name),
        .expected = "one of " + PreSplitter::knownNames(),
        .wayOut = "Use a model with one of these tokenizers"});
}

std::string pcreMessage(int code)
{
    std::array<PCRE2_UCHAR, 160> text {};
    pcre2_get_error_message(code, text.data(), text.size());
    return std::string(reinterpret_cast<const char *>(text.data()));
}

struct FreeCode {
    void operator()(pcre2_code *code) const { pcre2_code_free(code); }
};
struct FreeMatchData {
    void operator()(pcre2_match_data *data) const { pcre2_match_data_free(data); }
};
struct FreeMatchContext {
    void operator()(pcre2_match_context *context) const { pcre2_match_context_free(context); }
};
using Code = std::unique_ptr<pcre2_code, FreeCode>;
using MatchData = std::unique_ptr<pcre2_match_data, FreeMatchData>;
using MatchContext = std::unique_ptr<pcre2_match_context, FreeMatchContext>;

Code compile(const char *expression)
{
    int error = 0;
    PCRE2_SIZE offset = 0;
    Code code(pcre2_compile(reinterpret_cast<PCRE2_SPTR>(expression), PCRE2_ZERO_TERMINATED,
        PCRE2_UTF | PCRE2_UCP, &error, &offset, nullptr));
    if (!code) {
        throw Error({.what = "the regular expression library refuses a pre-tokenizer: " + pcreMessage(error),
            .given = expression,
            .expected = "a PCRE2 library built with Unicode"});
    }
    // Without just-in-time compilation (or where the system forbids it) matching is slower, not different.
    pcre2_jit_compile(code.get(), PCRE2_JIT_COMPLETE);
    return code;
}

/// The working memory of one call: never shared between threads.
struct Matcher {
    MatchContext context {pcre2_match_context_create(nullptr)};
    MatchData data {pcre2_match_data_create(1, nullptr)};

    Matcher()
    {
        if (!context || !data)
            throw Error({.what = "not enough memory to tokenise the text"});
        // The expressions backtrack at most over one run of characters, so the count of steps is bounded by
        // the text; the library's default bound would refuse runs of some millions of spaces.
        pcre2_set_match_limit(context.get(), std::numeric_limits<std::uint32_t>::max());
    }

    /// Finds the next match in `text` from `from` on; false when there is none.
    bool find(const pcre2_code *code, std::string_view text, std::size_t from) const
    {
        const auto match = [&](std::uint32_t options) {
            return pcre2_match(code, reinterpret_cast<PCRE2_SPTR>(text.data()), text.size(), from, options,
                data.get(), context.get());
        };
        int result = match(PCRE2_NO_UTF_CHECK);
        if (result == PCRE2_ERROR_JIT_STACKLIMIT)
            result = match(PCRE2_NO_UTF_CHECK | PCRE2_NO_JIT);
        if (result == PCRE2_ERROR_NOMATCH)
            return false;
        if (result < 0) {
            throw Error({.what = "the text cannot be cut into words: " + pcreMessage(result),
                .place = "byte " + std::to_string(from) + " of a text of " + std::to_string(text.size())
                    + " bytes",
                .wayOut = "Shorten the longest word or run of spaces"});
        }
        return true;
    }
    std::size_t matchBegin() const { return pcre2_get_ovector_pointer(data.get())[0]; }
    std::size_t matchEnd() const { return pcre2_get_ovector_pointer(data.get())[1]; }
};

/// Appends the matches of `code` in `text` and what lies between them.
void splitOnce(const pcre2_code *code, const Matcher &matcher, std::string_view text,
    std::vector<std::string_view> &pieces)
{
    std::size_t at = 0;
    while (at < text.size() && matcher.find(code, text, at)) {
        const std::size_t begin = matcher.matchBegin();
        const std::size_t end = matcher.matchEnd();
        if (begin > at)
            pieces.push_back(text.substr(at, begin - at));
        pieces.push_back(
            text.substr(begin, end - begin)); // no expression of the table matches nothing: end > begin
        at = end;
    }
    if (at < text.size())
        pieces.push_back(text.substr(at));
}

} // namespace

struct PreSplitter::Compiled {
    const Kind &kind;
    std::vector<Code> steps;
};

PreSplitter::PreSplitter(std::string_view name, const std::string &file)
{
    const Kind &kind = kindNamed(name.empty() ? "default" : name, file);
    std::vector<Code> steps;
    for (const char *expression : kind.steps)
        steps.push_back(compile(expression));
    m_compiled = std::make_shared<const Compiled>(Compiled {kind, std::move(steps)});
}

bool PreSplitter::addsBosByDefault() const
{
    return m_compiled->kind.bos == BosByDefault::Yes;
}

WholePieces PreSplitter::wholePieces() const
{
    return m_compiled->kind.wholePieces;
}

std::string PreSplitter::knownNames()
{
    std::string names;
    for (const Kind &kind : kKinds)
        names += (names.empty() ? "" : ", ") + std::string(kind.name);
    return names;
}

void PreSplitter::split(std::string_view text, std::vector<std::string_view> &pieces) const
{
    if (text.empty())
        return;
    const Matcher matcher;
    std::vector<std::string_view> current {text};
    std::vector<std::string_view> next;
    for (const Code &step : m_compiled->steps) {
        next.clear();
        for (const std::string_view piece : current)
            splitOnce(step.get(), matcher, piece, next);
        current.swap(next);
    }
    pieces.insert(pieces.end(), current.begin(), current.end());
}

} // namespace sinkscope
