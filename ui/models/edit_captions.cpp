// SPDX-License-Identifier: Apache-2.0
// Edits of all kinds in words.
#include "ui/models/edit_captions.h"

#include "ui/models/edits_model.h"
#include "ui/theme/number_format.h"

#include <QCoreApplication>
#include <QStringList>

namespace sinkscope::ui {

namespace {

struct Captions {
    Q_DECLARE_TR_FUNCTIONS(EditCaptions)
};

} // namespace

QString kindWord(EditKind kind)
{
    switch (kind) {
    case EditKind::Probability:
        return Captions::tr("probability");
    case EditKind::Logit:
        return Captions::tr("logit");
    case EditKind::Key:
        return Captions::tr("key");
    case EditKind::KeyShared:
        return Captions::tr("shared key");
    case EditKind::Bias:
        return Captions::tr("bias");
    case EditKind::Gain:
        return Captions::tr("gain");
    case EditKind::Ablate:
        break;
    }
    return Captions::tr("ablate");
}

QString kindSentence(EditKind kind)
{
    switch (kind) {
    case EditKind::Probability:
        return Captions::tr("The weights of the keys times γ after the softmax, the row renormalised");
    case EditKind::Logit:
        return Captions::tr(
            "ln γ is added to the scores of the keys; the same as probability where rows sum to 1");
    case EditKind::Key:
        return Captions::tr("The scores of the keys times γ: their key state scaled for this head alone");
    case EditKind::KeyShared:
        return Captions::tr(
            "The stored key state times γ, for all queries and all heads of the KV group: an experiment");
    case EditKind::Bias:
        return Captions::tr("A number is added to the scores of the keys");
    case EditKind::Gain:
        return Captions::tr("The output of the head times γ");
    case EditKind::Ablate:
        break;
    }
    return Captions::tr("The output of the head becomes 0");
}

QString keysWord(const KeyTarget &key)
{
    if (key.kind == KeyTarget::Kind::FirstNonPad)
        return Captions::tr("first token that is not padding");
    if (key.isSingle())
        return Captions::tr("key %1").arg(key.begin.value);
    return Captions::tr("keys %1 to %2").arg(key.begin.value).arg(key.end.value - 1);
}

QString queriesWord(const QuerySelection &queries)
{
    switch (queries.kind) {
    case QuerySelection::Kind::All:
        return Captions::tr("all queries");
    case QuerySelection::Kind::Last:
        return Captions::tr("the last query");
    case QuerySelection::Kind::From:
        return Captions::tr("queries from %1").arg(queries.begin.value);
    case QuerySelection::Kind::Span:
        break;
    }
    return Captions::tr("queries %1 to %2").arg(queries.begin.value).arg(queries.end.value - 1);
}

QString targetWords(const EditTarget &target)
{
    QStringList words {kindWord(target.kind)};
    if (hasKeys(target.kind) && target.key != KeyTarget())
        words += keysWord(target.key);
    if (target.queries != QuerySelection())
        words += queriesWord(target.queries);
    return words.join(QStringLiteral(", "));
}

QString valueWord(const HeadEdit &edit)
{
    switch (edit.kind) {
    case EditKind::Ablate:
        return {};
    case EditKind::Bias:
        return formatChange(edit.value, 2);
    case EditKind::Logit:
        return Captions::tr("ln %1").arg(formatLnFactor(edit.gamma));
    default:
        return formatFactor(edit.gamma);
    }
}

QString groupWords(const HeadEdit &edit, const HeadGrid &grid)
{
    QStringList names;
    for (const HeadIndex head : headsMovingWith(edit, grid))
        names += headName({edit.head.layer, head});
    return names.size() > 1 ? Captions::tr("moves %1 together").arg(names.join(QStringLiteral(", ")))
                            : QString();
}

} // namespace sinkscope::ui
