// SPDX-License-Identifier: Apache-2.0
// What is said of position 0, and the prompt with another token there: as values, and by clicks in the
// window.
#include "tests/support/tiny_model.h"
#include "tests/ui/ui_driver.h"
#include "ui/panels/initial_token_panel.h"

#include <QComboBox>
#include <QLabel>
#include <QPushButton>

#include <gtest/gtest.h>

using namespace sinkscope;
using namespace sinkscope::ui;
using namespace sinkscope::test;

namespace {

// Of the tiny tokenizer: 0 <|endoftext|>, 1 <|im_start|> (BOS), 2 <|im_end|>.
constexpr TokenId kEnd(0);
constexpr TokenId kBos(1);

TokenizedPrompt promptOf(std::vector<TokenId> ids)
{
    TokenizedPrompt prompt;
    prompt.ids = std::move(ids);
    return prompt;
}

TEST(InitialTokenFacts, TellOneBosFromTwoFromNoneAndFromPadding)
{
    AddedTokenPolicy policy {.bos = kBos, .eos = TokenId(2), .padding = kEnd, .addBos = true};
    const auto kindOf = [&](std::vector<TokenId> ids) {
        return initialTokenFacts(promptOf(std::move(ids)), policy).kind;
    };
    EXPECT_EQ(kindOf({kBos, TokenId(7)}), InitialTokenKind::Bos);
    EXPECT_EQ(kindOf({kBos, kBos, TokenId(7)}), InitialTokenKind::BosTwice);
    EXPECT_EQ(kindOf({TokenId(7), kBos}), InitialTokenKind::BosMissing);
    EXPECT_EQ(kindOf({kEnd, TokenId(7)}), InitialTokenKind::Padding);
    policy.addBos = false;
    EXPECT_EQ(kindOf({TokenId(7)}), InitialTokenKind::Other);
    policy.padding = kBos; // some files name one token for both
    EXPECT_EQ(kindOf({kBos, TokenId(7)}), InitialTokenKind::Bos);
}

class InitialTokenChanges : public testing::TestWithParam<bool> {
protected:
    void SetUp() override
    {
        TinyModelOptions options;
        options.addBos = GetParam();
        model = describeModel(writeTinyModel(options));
    }
    /// The ids that are read after the change.
    std::vector<TokenId> after(const PromptSpec &spec, InitialTokenChange change, TokenId token)
    {
        asked = withInitialToken(*model, tokenizePrompt(*model, spec), change, token);
        return tokenizePrompt(*model, asked).ids;
    }
    std::shared_ptr<const Model> model;
    PromptSpec asked;
};

TEST_P(InitialTokenChanges, GiveTheVeryTokensWhateverTheTokenizerAdds)
{
    const PromptSpec spec {.text = "the cat"};
    const std::vector<TokenId> ids = tokenizePrompt(*model, spec).ids;
    std::vector<TokenId> added = ids;
    added.insert(added.begin(), kEnd);
    EXPECT_EQ(after(spec, InitialTokenChange::Add, kEnd), added);
    std::vector<TokenId> swapped = ids;
    swapped.front() = kEnd;
    EXPECT_EQ(after(spec, InitialTokenChange::Swap, kEnd), swapped);
    const std::vector<TokenId> rest(ids.begin() + 1, ids.end());
    EXPECT_EQ(after(spec, InitialTokenChange::Remove, {}), rest);
    // The text of the rest would be given its BOS again, so the tokens are asked for by id.
    EXPECT_EQ(!asked.ids.empty(), GetParam());
    const PromptSpec chat {.text = "the cat", .form = PromptForm::Chat};
    const std::vector<TokenId> template1 = tokenizePrompt(*model, chat).ids;
    EXPECT_EQ(after(chat, InitialTokenChange::Remove, {}),
        std::vector<TokenId>(template1.begin() + 1, template1.end()));
    EXPECT_EQ(asked.form, PromptForm::Raw);
}

TEST_P(InitialTokenChanges, StayTextWhereTheTextGivesThem)
{
    const PromptSpec spec {.text = "the cat"};
    after(spec, InitialTokenChange::Add, kBos);
    EXPECT_EQ(asked.text, "<|im_start|>the cat"); // a tokenizer that adds one gives the other
    EXPECT_TRUE(asked.ids.empty());
}

INSTANTIATE_TEST_SUITE_P(WithAndWithoutAddedBos, InitialTokenChanges, testing::Bool());

TEST(InitialToken, OnlyOneTokenIsTaken)
{
    const auto model = describeModel(writeTinyModel());
    EXPECT_EQ(singleToken(*model->tokenizer, "<|endoftext|>"), kEnd);
    EXPECT_FALSE(singleToken(*model->tokenizer, "<|endoftext|><|endoftext|>"));
    EXPECT_FALSE(singleToken(*model->tokenizer, ""));
    EXPECT_FALSE(singleToken(*model->tokenizer, "\xFF"));
}

TEST(InitialTokenPanel, AClickOnTheBadgeSaysWhatStandsThereAndAddsRemovesAndSwapsAsSteps)
{
    UiDriver driver(QString::fromStdString(writeTinyModel()));
    const std::vector<TokenId> before = driver.state().baseline()->prompt->ids;
    const auto ids = [&] { return driver.state().baseline()->prompt->ids; };
    const auto press = [&](const char *button) {
        QTest::mouseClick(&driver.find<InitialTokenBadge>("initialTokenBadge"), Qt::LeftButton);
        ASSERT_TRUE(driver.find<InitialTokenPanel>("initialTokenPanel").isVisible());
        driver.find<QPushButton>(button).click();
        ASSERT_TRUE(driver.waitComplete());
    };
    QTest::mouseClick(&driver.find<InitialTokenBadge>("initialTokenBadge"), Qt::LeftButton);
    EXPECT_TRUE(
        driver.labelText("initialTokenTitle").contains(QStringLiteral("id %1").arg(before.front().value)));
    EXPECT_TRUE(driver.labelText("initialTokenFacts").contains(QStringLiteral("what was typed")));
    ASSERT_TRUE(QTest::qWaitFor(
        [&] { return driver.labelText("initialTokenSinks").contains(QStringLiteral("of 12 heads")); },
        UiDriver::kPatienceMs));
    EXPECT_TRUE(driver.labelText("initialTokenRule").contains(QStringLiteral("c > 0.1")));
    auto &choice = driver.find<QComboBox>("initialTokenChoice");
    choice.setEditText(QStringLiteral("no single token"));
    EXPECT_FALSE(driver.find<QPushButton>("addInitialToken").isEnabled());
    EXPECT_FALSE(driver.find<QPushButton>("swapInitialToken").isEnabled());
    driver.find<InitialTokenPanel>("initialTokenPanel").close();

    press("addInitialToken"); // the BOS is offered first
    std::vector<TokenId> added = before;
    added.insert(added.begin(), kBos);
    EXPECT_EQ(ids(), added);
    press("removeInitialToken");
    EXPECT_EQ(ids(), before);
    press("swapInitialToken");
    std::vector<TokenId> swapped = before;
    swapped.front() = kBos;
    EXPECT_EQ(ids(), swapped);
    for (int step = 0; step < 3; ++step)
        driver.state().undoStack().undo();
    ASSERT_TRUE(driver.waitComplete());
    EXPECT_EQ(ids(), before);
}

} // namespace
