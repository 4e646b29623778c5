// SPDX-License-Identifier: Apache-2.0
// The small panel of position 0: what stands there and why, other sinks, and another token in its place.
#pragma once

#include "core/analysis/sink_columns.h"
#include "ui/state/initial_token.h"
#include "ui/state/workbench.h"
#include "ui/theme/theme.h"
#include "ui/views/initial_token_badge.h"

#include <QtWidgets/QFrame>

#include <thread>

class QComboBox;
class QLabel;
class QPushButton;

namespace sinkscope::ui {

/// Opens under the badge and closes with Esc or a click elsewhere. Sinks are looked for on a thread of its
/// own, which the destructor and the next opening end. Owner: the prompt panel. Threads: GUI thread.
class InitialTokenPanel : public QFrame {
    Q_OBJECT

public:
    explicit InitialTokenPanel(Workbench &bench, QWidget *parent = nullptr);
    ~InitialTokenPanel() override;

    void setTheme(const Theme &theme);
    void popUp(QPoint globalPlace);

private:
    void makeRows();
    QPushButton *addButton(const char *objectName, const QString &text, const QString &toolTip);
    void fill();
    void fillCandidates();
    void fitHeight();
    void lookForSinks();
    void showSinks(const std::optional<std::vector<SinkColumn>> &sinks);
    void checkCandidate();
    void change(InitialTokenChange change);
    std::optional<TokenId> candidate() const;

    Workbench &m_bench;
    std::shared_ptr<const Snapshot> m_shown; // what is inspected
    QLabel *m_title;
    QLabel *m_facts;
    QLabel *m_sinks;
    QLabel *m_rule;
    QComboBox *m_token;
    QLabel *m_note;
    QPushButton *m_add = nullptr;
    QPushButton *m_swap = nullptr;
    QPushButton *m_remove = nullptr;
    int m_round = 0; // of lookForSinks(): what an earlier one finds is not wanted
    std::jthread m_thread;
};

/// Where position 0 comes from and what it is, in sentences.
QString initialTokenInWords(const InitialTokenFacts &facts, const Tokenizer &tokenizer);

/// What the badge of position 0 says of the prompt that is shown.
InitialTokenBadgeData initialTokenBadge(const AppState &state);

} // namespace sinkscope::ui
