using System.Diagnostics;
using System.Globalization;

namespace Undercroft.Crash.Tests;

/// <summary>What was written to some notes by a process and by hand, and what must be left of it. Safe for threads.
/// </summary>
internal sealed class NoteLedger(int notes)
{
    private readonly Lock gate = new();
    private readonly List<Word>[] words = [.. Enumerable.Range(0, notes).Select(static _ => new List<Word>())];
    private readonly long[] deletedAt = new long[notes];

    public int Acknowledged { get; private set; }

    public int Edits { get; private set; }

    public int Deletions { get; private set; }

    /// <summary>How often a note ended with an edit that had become a commit.</summary>
    public int HandCommits { get; private set; }

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{Acknowledged} commits acknowledged, {Edits} edits by hand, {Deletions} deletions by hand");

    /// <summary>Notes that the process has begun to write a word, when, and which edits it has seen.</summary>
    public void Begin(int note, string word, long time, string[] seen)
    {
        lock (gate)
        {
            words[note].Add(new Word(word, IsHand: false, time, [.. seen]));
        }
    }

    /// <summary>Notes that the store has acknowledged a word.</summary>
    public void Acknowledge(int note, string word)
    {
        lock (gate)
        {
            words[note].Single(one => one.Text == word).DoneAt = Stopwatch.GetTimestamp();
            Acknowledged++;
        }
    }

    /// <summary>Saves a note by hand, one word longer than it was found.</summary>
    public void Edit(int note, string[] found, Action<string[]> save)
    {
        var text = string.Create(CultureInfo.InvariantCulture, $"h{++Edits}");
        var word = new Word(text, IsHand: true, Stopwatch.GetTimestamp(), [.. found]);
        save([.. found, word.Text]);
        lock (gate)
        {
            word.DoneAt = Stopwatch.GetTimestamp();
            words[note].Add(word);
        }
    }

    /// <summary>Deletes a note by hand.</summary>
    public void Delete(int note, Action delete)
    {
        delete();
        lock (gate)
        {
            deletedAt[note] = Stopwatch.GetTimestamp();
            Deletions++;
        }
    }

    /// <summary>Checks a note that is there.</summary>
    public void Check(int note, string[] found, string? origin, List<string> aside, string after)
    {
        lock (gate)
        {
            var there = found.ToHashSet();
            var edits = words[note].Where(word => word.IsHand && there.Contains(word.Text)).ToList();
            foreach (var word in words[note].Where(word => word.DoneAt > 0 && !there.Contains(word.Text)))
            {
                // An edit is gone with the note only, or lies aside; a commit also where neither had seen the other.
                var isExcused = deletedAt[note] > word.BegunAt || (word.IsHand
                    ? aside.Exists(text => text.Contains($"\"{word.Text}\"", StringComparison.Ordinal))
                    : edits.Exists(edit => !edit.Seen.Contains(word.Text) && !word.Seen.Contains(edit.Text)));
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
    /// <param name="BegunAt">When it was begun, by the clock that all processes of a machine share.</param>
    /// <param name="Seen">The words that were there when it was begun; for a commit, those saved by hand.</param>
    private sealed record Word(string Text, bool IsHand, long BegunAt, HashSet<string> Seen)
    {
        /// <summary>When it was done; 0 means it was not.</summary>
        public long DoneAt { get; set; }
    }
}
