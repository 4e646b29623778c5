// SPDX-License-Identifier: Apache-2.0
// Random weights with lively attention and logits, a byte-level tokenizer, and a ChatML template.
#include "tests/support/tiny_model.h"

#include "core/base/random.h"
#include "core/base/utf8.h"
#include "tests/support/tiny_storage.h"

#include <cmath>
#include <filesystem>
#include <stdexcept>
#include <unistd.h>

namespace sinkscope::test {

namespace {

// Stored values and what they mean, for one matrix.
struct Drawn {
    std::string bytes;
    std::vector<double> values;
};

// Draws matrices in the order of the calls: file and reference weights both come from one such run.
class Draw {
public:
    explicit Draw(const TinyModelOptions &options)
        : m_random(options.seed)
        , m_storage(options.storage)
    {
    }
    Drawn matrix(std::size_t rows, std::size_t columns, double deviation)
    {
        std::vector<float> values(rows * columns);
        for (float &value : values)
            value = static_cast<float>(deviation * m_random.normal());
        if (m_storage != TinyStorage::F32 && m_storage != TinyStorage::F16 && m_storage != TinyStorage::BF16
            && columns % 32 != 0)
            throw std::invalid_argument("quantised tiny models need row lengths that are multiples of 32");
        StoredValues stored = storeValues(m_storage, values);
        return {std::move(stored.bytes), std::move(stored.values)};
    }
    // Norm weights around `centre`, always F32.
    Drawn norm(std::size_t size, double centre)
    {
        std::vector<float> values(size);
        for (float &value : values)
            value = static_cast<float>(centre * (1.0 + 0.2 * m_random.normal()));
        return {bytesOfFloats(values), {values.begin(), values.end()}};
    }

private:
    Random m_random;
    TinyStorage m_storage;
};

std::size_t size(int count)
{
    return static_cast<std::size_t>(count);
}

// Puts every tensor both into a file and into reference weights.
struct Built {
    GgufWriter writer;
    ReferenceWeights weights;
};

class Builder {
public:
    explicit Builder(const TinyModelOptions &options)
        : m_options(options)
        , m_draw(options)
    {
    }

    Built build()
    {
        if (size(m_options.vocabulary) < tinyVocabulary().size())
            throw std::invalid_argument("the vocabulary is smaller than the tiny tokenizer's");
        ReferenceWeights &w = m_built.weights;
        w.heads = size(m_options.heads);
        w.kvHeads = size(m_options.kvHeads);
        w.headSize = size(m_options.headSize);
        w.hidden = size(m_options.hidden);
        w.feedForward = size(m_options.feedForward);
        w.vocabulary = size(m_options.vocabulary);
        w.rotarySize = size(m_options.rotarySize > 0 ? m_options.rotarySize : m_options.headSize);
        w.rotaryBase = static_cast<double>(static_cast<float>(m_options.rotaryBase));
        w.normEpsilon = static_cast<double>(1e-5F);
        writeConfiguration();
        writeTokenizer();
        w.tokenEmbedding = addMatrix("token_embd.weight", w.vocabulary, w.hidden, 0.5);
        for (int layer = 0; layer < m_options.layers; ++layer)
            addLayer("blk." + std::to_string(layer) + ".");
        w.finalNorm = addNorm("output_norm.weight", w.hidden, 1.0);
        if (!m_options.tied)
            w.outputHead = addMatrix("output.weight", w.vocabulary, w.hidden, 0.5);
        if (m_options.rotaryFactors)
            addRotaryFactors();
        return std::move(m_built);
    }

private:
    void writeConfiguration()
    {
        GgufWriter &file = m_built.writer;
        const auto count = [](int value) { return static_cast<std::uint32_t>(value); };
        file.setString("general.architecture", "llama");
        file.setString("general.name", "tiny");
        file.setUint32("llama.block_count", count(m_options.layers));
        file.setUint32("llama.context_length", count(m_options.contextLength));
        file.setUint32("llama.embedding_length", count(m_options.hidden));
        file.setUint32("llama.feed_forward_length", count(m_options.feedForward));
        file.setUint32("llama.attention.head_count", count(m_options.heads));
        file.setUint32("llama.attention.head_count_kv", count(m_options.kvHeads));
        file.setFloat32("llama.attention.layer_norm_rms_epsilon", 1e-5F);
        file.setFloat32("llama.rope.freq_base", static_cast<float>(m_options.rotaryBase));
        file.setUint32("llama.rope.dimension_count", static_cast<std::uint32_t>(m_built.weights.rotarySize));
        file.setUint32("llama.attention.key_length", count(m_options.headSize));
        file.setUint32("llama.attention.value_length", count(m_options.headSize));
        file.setUint32("llama.vocab_size", count(m_options.vocabulary));
    }

    void writeTokenizer()
    {
        std::vector<std::string> tokens = tinyVocabulary();
        std::vector<std::int32_t> types(tokens.size(), 1); // normal
        for (std::size_t special = 0; special < 3; ++special)
            types[special] = 3; // control
        while (tokens.size() < size(m_options.vocabulary)) {
            tokens.push_back("<|reserved_" + std::to_string(tokens.size()) + "|>");
            types.push_back(3);
        }
        GgufWriter &file = m_built.writer;
        file.setString("tokenizer.ggml.model", "gpt2");
        file.setString("tokenizer.ggml.pre", "smollm");
        file.setStrings("tokenizer.ggml.tokens", tokens);
        file.setInt32s("tokenizer.ggml.token_type", types);
        file.setStrings("tokenizer.ggml.merges", tinyMerges());
        file.setUint32("tokenizer.ggml.bos_token_id", 1);
        file.setUint32("tokenizer.ggml.eos_token_id", 2);
        file.setBool("tokenizer.ggml.add_bos_token", m_options.addBos);
        file.setString("tokenizer.chat_template", tinyChatTemplate());
    }

    std::vector<double> addMatrix(
        const std::string &name, std::size_t rows, std::size_t columns, double deviation)
    {
        Drawn drawn = m_draw.matrix(rows, columns, deviation);
        m_built.writer.setTensor(
            name, ggmlTypeOf(m_options.storage), {rows, columns}, std::move(drawn.bytes));
        return std::move(drawn.values);
    }

    std::vector<double> addNorm(const std::string &name, std::size_t width, double centre)
    {
        Drawn drawn = m_draw.norm(width, centre);
        m_built.writer.setTensor(name, 0, {width}, std::move(drawn.bytes));
        return std::move(drawn.values);
    }

    // Deviations: the normed input has unit size, so queries and keys have size attentionGain and scores
    // attentionGain^2; every block adds about one unit to the residual stream.
    void addLayer(const std::string &prefix)
    {
        const ReferenceWeights &w = m_built.weights;
        const auto unit = [](std::size_t inputs) { return 1.0 / std::sqrt(static_cast<double>(inputs)); };
        const std::size_t queries = w.heads * w.headSize;
        const std::size_t keys = w.kvHeads * w.headSize;
        const double gain = m_options.attentionGain;
        ReferenceLayer layer;
        layer.attentionNorm = addNorm(prefix + "attn_norm.weight", w.hidden, 1.0);
        layer.query = addMatrix(prefix + "attn_q.weight", queries, w.hidden, gain * unit(w.hidden));
        layer.key = addMatrix(prefix + "attn_k.weight", keys, w.hidden, gain * unit(w.hidden));
        layer.value = addMatrix(prefix + "attn_v.weight", keys, w.hidden, unit(w.hidden));
        layer.attentionOutput = addMatrix(prefix + "attn_output.weight", w.hidden, queries, unit(queries));
        layer.feedForwardNorm = addNorm(prefix + "ffn_norm.weight", w.hidden, 1.0);
        layer.gate = addMatrix(prefix + "ffn_gate.weight", w.feedForward, w.hidden, 1.5 * unit(w.hidden));
        layer.up = addMatrix(prefix + "ffn_up.weight", w.feedForward, w.hidden, 1.5 * unit(w.hidden));
        layer.down = addMatrix(prefix + "ffn_down.weight", w.hidden, w.feedForward, unit(w.feedForward));
        m_built.weights.layers.push_back(std::move(layer));
    }

    void addRotaryFactors()
    {
        ReferenceWeights &w = m_built.weights;
        std::vector<float> factors(w.rotarySize / 2);
        for (std::size_t pair = 0; pair < factors.size(); ++pair)
            factors[pair] = 1.0F + 0.75F * static_cast<float>(pair);
        w.rotaryFactors.assign(factors.begin(), factors.end());
        m_built.writer.setTensor("rope_freqs.weight", 0, {factors.size()}, bytesOfFloats(factors));
    }

    const TinyModelOptions &m_options;
    Draw m_draw;
    Built m_built;
};

// The folder of this process; removed with everything in it when the process ends.
struct TemporaryFolder {
    std::filesystem::path path =
        std::filesystem::temp_directory_path() / ("sinkscope-tests-" + std::to_string(::getpid()));
    TemporaryFolder() { std::filesystem::create_directories(path); }
    ~TemporaryFolder()
    {
        std::error_code ignored;
        std::filesystem::remove_all(path, ignored);
    }
    TemporaryFolder(const TemporaryFolder &) = delete;
    TemporaryFolder &operator=(const TemporaryFolder &) = delete;
};

} // namespace

std::vector<std::string> tinyVocabulary()
{
    std::vector<std::string> tokens {"<|endoftext|>", "<|im_start|>", "<|im_end|>"};
    // GPT-2's bytes_to_unicode: printable bytes stand for themselves, the others for U+0100 and following.
    char32_t next = 0x100;
    for (int byte = 0; byte < 256; ++byte) {
        const bool printable =
            (byte >= 0x21 && byte <= 0x7E) || (byte >= 0xA1 && byte <= 0xAC) || byte >= 0xAE;
        std::string token;
        appendUtf8(token, printable ? static_cast<char32_t>(byte) : next++);
        tokens.push_back(token);
    }
    for (const std::string &merge : tinyMerges()) {
        const std::size_t space = merge.find(' ');
        tokens.push_back(merge.substr(0, space) + merge.substr(space + 1));
    }
    return tokens;
}

std::vector<std::string> tinyMerges()
{
    // U+0120 stands for the space in front of a word.
    return {"\u0120 t", "h e", "\u0120t he", "\u0120 a", "i n", "\u0120 s", "\u0120 p", "o s", "i t", "i v",
        "it iv", "itiv e", "\u0120p os", "\u0120pos itive", "\u0120 n", "e g", "a t", "\u0120n eg", "at iv",
        "ativ e", "\u0120neg ative", "\u0120 c", "\u0120c at", "\u0120s at", "o n", "\u0120 on"};
}

std::string tinyChatTemplate()
{
    return "{% for message in messages %}{% if loop.first and messages[0]['role'] != 'system' %}{{ "
           "'<|im_start|>system\nYou are a tiny test model<|im_end|>\n' }}{% endif %}{{'<|im_start|>' + "
           "message['role'] + '\n' + message['content'] + '<|im_end|>' + '\n'}}{% endfor %}{% if "
           "add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}";
}

GgufWriter tinyModelWriter(const TinyModelOptions &options)
{
    return Builder(options).build().writer;
}

ReferenceWeights tinyWeights(const TinyModelOptions &options)
{
    return Builder(options).build().weights;
}

std::string writeTinyModel(const TinyModelOptions &options)
{
    static int written = 0; // names only: several models of one process stand side by side
    std::string path = temporaryPath("tiny-" + std::to_string(written++) + ".gguf");
    tinyModelWriter(options).write(path);
    return path;
}

std::string temporaryPath(const std::string &fileName)
{
    static const TemporaryFolder folder;
    return (folder.path / fileName).string();
}

} // namespace sinkscope::test
