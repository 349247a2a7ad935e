using System.Globalization;

namespace Undercroft.Crash.Tests;

/// <summary>What was written to some notes by a process and by hand, and what must be left of it. Safe for threads.
/// </summary>
internal sealed class NoteLedger(int notes)
{
    private readonly Lock gate = new();
    private readonly List<Word>[] words = [.. Enumerable.Range(0, notes).Select(static _ => new List<Word>())];
    private readonly int[] deletedAt = new int[notes];
    private int hand;

    public int Acknowledged { get; private set; }

    public int Edits { get; private set; }

    public int Deletions { get; private set; }

    /// <summary>How often a note ended with an edit that had become a commit.</summary>
    public int HandCommits { get; private set; }

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{Acknowledged} commits acknowledged, {Edits} edits by hand, {Deletions} deletions by hand");

    /// <summary>Takes what the process has announced: b begins a word, d acknowledges it.</summary>
    public void Take(char what, int note, string word)
    {
        lock (gate)
        {
            if (what == 'b')
            {
                words[note].Add(new Word(word, IsHand: false, hand, []));
            }
            else if (what == 'd')
            {
                words[note].Single(one => one.Text == word).IsDone = true;
                Acknowledged++;
            }
        }
    }

    /// <summary>Saves a note by hand, one word longer than it was found.</summary>
    public void Edit(int note, string[] found, Action<string[]> save)
    {
        Word word;
        lock (gate)
        {
            word = new Word(
                string.Create(CultureInfo.InvariantCulture, $"h{++hand}"), IsHand: true, hand, [.. found]);
            words[note].Add(word);
        }

        save([.. found, word.Text]);
        lock (gate)
        {
            word.IsDone = true;
            Edits++;
        }
    }

    /// <summary>Deletes a note by hand.</summary>
    public void Delete(int note, Action delete)
    {
        lock (gate)
        {
            deletedAt[note] = ++hand;
            Deletions++;
        }

        delete();
    }

    /// <summary>Checks a note that is there.</summary>
    public void Check(int note, string[] found, string? origin, List<string> aside, string after)
    {
        lock (gate)
        {
            var there = found.ToHashSet();
            var edits = words[note].Where(word => word.IsHand && there.Contains(word.Text)).ToList();
            foreach (var word in words[note].Where(word => word.IsDone && !there.Contains(word.Text)))
            {
                // An edit is gone with the note only, or lies aside; a commit also where one that had not seen it came.
                var isExcused = deletedAt[note] > word.Hand || (word.IsHand
                    ? aside.Exists(text => text.Contains($"\"{word.Text}\"", StringComparison.Ordinal))
                    : edits.Exists(edit => edit.Hand >= word.Hand && !edit.Base.Contains(word.Text)));
                Assert.True(
                    isExcused,
                    $"Note {note} has lost {word.Text} after {after}; it holds {string.Join(' ', found.TakeLast(20))}");
            }

            HandCommits += found.Length > 0 && found[^1][0] == 'h' && origin == Files.FileStore.HandOrigin ? 1 : 0;
            Assert.True(
                found.Length == 0 || found[^1][0] == 'h' == (origin == Files.FileStore.HandOrigin),
                $"Note {note} ends in {found.LastOrDefault()} and is of {origin} after {after}");
        }
    }

    /// <summary>Checks a note that is not there.</summary>
    public void CheckDeleted(int note, List<string> aside, string after) => Check(note, [], null, aside, after);

    /// <summary>One word of a note.</summary>
    /// <param name="Text">The word.</param>
    /// <param name="IsHand">Whether it was saved by hand.</param>
    /// <param name="Hand">How often anything had been done by hand when it was begun.</param>
    /// <param name="Base">For one saved by hand, the words before it.</param>
    private sealed record Word(string Text, bool IsHand, int Hand, HashSet<string> Base)
    {
        public bool IsDone { get; set; }
    }
}
