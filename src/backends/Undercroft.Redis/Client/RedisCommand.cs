using System.Buffers;
using System.Buffers.Text;
using System.Text;
using System.Threading.Tasks.Sources;

namespace Undercroft.Redis.Client;

/// <summary>
/// One command: it is built, sent, waited for, and then used again for another. It is its own place in the queue and
/// its own result, so that a command costs no memory but its reply's.
/// </summary>
/// <remarks>Between <see cref="IRedisClient.Create"/> and sending it belongs to one caller; it is not thread-safe.
/// </remarks>
internal sealed class RedisCommand : IValueTaskSource<RedisReply>
{
    // Before the arguments, room for "*9999999\r\n": how many there are is known at the end.
    private const int HeaderRoom = 10;
    private const int ArgumentsMax = 1_000_000;

    private static readonly UTF8Encoding Strict = new(false, throwOnInvalidBytes: true);

    private readonly CommandPool pool;
    private ManualResetValueTaskSourceCore<RedisReply> core;
    private CancellationTokenRegistration registration;
    private CommandBuffer buffer = new();
    private int start;
    private int frame;
    private int arguments;
    private int keyStart;
    private int keyLength;
    private int claimed;
    private bool isCancellable;
    private bool isReadInPlace;
    private ReplyList? replies;
    private RedisReply reply;
    private Exception? error;

    /// <summary>Makes an empty command that goes back to a pool.</summary>
    public RedisCommand(CommandPool pool) => this.pool = pool;

    /// <summary>How many replies it waits for.</summary>
    public int Frames { get; private set; }

    /// <summary>How many replies have come.</summary>
    public int FramesAnswered { get; private set; }

    /// <summary>How many replies come before its own and mean nothing (that of ASKING).</summary>
    public int RepliesToSkip { get; set; }

    /// <summary>Whether it may be sent again when it is unknown whether it was carried out.</summary>
    public bool IsRepeatable { get; private set; }

    /// <summary>How much longer than usual the server may hold the answer back.</summary>
    public TimeSpan Patience { get; private set; }

    /// <summary>Whether a push is its reply, as with SUBSCRIBE.</summary>
    public bool ExpectsPush { get; private set; }

    /// <summary>Whether its caller has been told a result, or has gone.</summary>
    public bool IsOver => Volatile.Read(ref claimed) != 0;

    /// <summary>When it was sent, on the client's clock; it decides whether a server has fallen silent.</summary>
    public long SentAt { get; set; }

    /// <summary>When the caller sent it, on the client's clock; it decides how long it may wait for a server.</summary>
    public long BegunAt { get; set; }

    /// <summary>Whether a caller sent it, and it may go to another server; otherwise it belongs to one connection.
    /// </summary>
    public bool IsRouted { get; set; }

    /// <summary>Where on its connection it begins; tells whether any of its bytes was sent.</summary>
    public long Offset { get; set; }

    /// <summary>Why the server did not want it when it was last sent; null where it was not refused.</summary>
    public RedisException? Refusal { get; set; }

    /// <summary>How often the server has sent it elsewhere.</summary>
    public int Redirects { get; set; }

    /// <summary>The whole command as it goes over the wire.</summary>
    public ReadOnlySpan<byte> Bytes => buffer.From(start);

    /// <summary>Name and arguments of a command that is not sealed yet.</summary>
    public ReadOnlySpan<byte> Arguments => buffer.From(HeaderRoom);

    /// <summary>The first key; empty where there is none, and any server will do.</summary>
    public ReadOnlySpan<byte> Key => buffer.From(keyStart)[..keyLength];

    /// <summary>Who reads replies where they lie, for the uses of the command that ask for it; null where nobody does.
    /// It stays with the command when that is used again.</summary>
    public IReplyReader? Reader { get; private set; }

    /// <summary>Tells this use of the command from the others.</summary>
    public short Token => core.Version;

    /// <summary>The result, for one await.</summary>
    public ValueTask<RedisReply> Result => new(this, core.Version);

    /// <summary>Adds an argument.</summary>
    public RedisCommand Add(ReadOnlySpan<byte> value) => Add(value, default);

    /// <summary>Adds an argument of two parts.</summary>
    public RedisCommand Add(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second)
    {
        buffer.Write(first, second);
        arguments++;
        return this;
    }

    /// <summary>Adds an argument.</summary>
    public RedisCommand Add(ReadOnlyMemory<byte> value) => Add(value.Span);

    /// <summary>Adds an argument.</summary>
    public RedisCommand Add(byte[] value) => Add(value.AsSpan());

    /// <summary>Adds a text as UTF-8. Lone surrogates are refused: UTF-8 has none.</summary>
    public RedisCommand Add(string value)
    {
        var bytes = ArrayPool<byte>.Shared.Rent(Encoding.UTF8.GetMaxByteCount(value.Length));
        try
        {
            return Add(bytes.AsSpan(0, Strict.GetBytes(value, bytes)));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(bytes);
        }
    }

    /// <summary>Adds a whole number.</summary>
    public RedisCommand Add(long value)
    {
        Span<byte> digits = stackalloc byte[20];
        _ = Utf8Formatter.TryFormat(value, digits, out var count);
        return Add(digits[..count]);
    }

    /// <summary>Adds a key. The first one decides which server of a cluster the command goes to.</summary>
    public RedisCommand AddKey(ReadOnlySpan<byte> key)
    {
        _ = Add(key);
        if (keyLength == 0)
        {
            keyStart = buffer.Length - 2 - key.Length;
            keyLength = key.Length;
        }

        return this;
    }

    /// <summary>Says that carrying it out twice does no harm, as with reads.</summary>
    public RedisCommand Repeatable()
    {
        IsRepeatable = true;
        return this;
    }

    /// <summary>Says that the server may hold the answer back for so long, beyond the usual time, as WAIT does.
    /// </summary>
    public RedisCommand Patient(TimeSpan time)
    {
        Patience = time;
        return this;
    }

    /// <summary>Says that the reply is read where it lies, and that none is left for who waits.</summary>
    public RedisCommand ReadBy(IReplyReader reader)
    {
        (Reader, isReadInPlace) = (reader, true);
        return this;
    }

    /// <summary>Says that the reply is a push.</summary>
    public RedisCommand Pushed()
    {
        ExpectsPush = true;
        return this;
    }

    /// <summary>Begins a further command that goes right behind this one over the same connection.</summary>
    public RedisCommand Next(ReadOnlySpan<byte> name)
    {
        EndFrame();
        BeginFrame();
        return Add(name);
    }

    /// <summary>Begins the command anew.</summary>
    public RedisCommand Begin(ReadOnlySpan<byte> name)
    {
        buffer.Length = 0;
        BeginFrame();
        return Add(name);
    }

    /// <summary>Gives up a command that was not sent.</summary>
    public void Discard()
    {
        Reset();
        pool.Return(this);
    }

    /// <summary>Ends the building; from now on the command is the client's.</summary>
    public void Seal(CancellationToken cancellationToken)
    {
        EndFrame();
        pool.Admit();
        isCancellable = cancellationToken.CanBeCanceled;
        if (isCancellable)
        {
            registration = cancellationToken.UnsafeRegister(
                static (state, token) => ((RedisCommand)state!).Cancel(token), this);
        }
    }

    /// <summary>Forgets replies of a connection that broke, so that the command can be sent again.</summary>
    public void Rewind()
    {
        RepliesToSkip = 0;
        FramesAnswered = 0;
        replies = null;
        reply.Dispose();
        reply = default;
    }

    /// <summary>Takes a reply; true when it was the last one that was waited for.</summary>
    /// <param name="bytes">The reply.</param>
    public bool Take(in ReadOnlySequence<byte> bytes)
    {
        FramesAnswered++;
        if (Frames == 1)
        {
            reply = isReadInPlace && TryReadInPlace(bytes) ? default : ReplyLease.Copy(bytes);
            return true;
        }

        replies ??= new ReplyList();
        replies.Add(bytes, FramesAnswered, Frames);
        if (FramesAnswered < Frames)
        {
            return false;
        }

        reply = replies.Take();
        return true;
    }

    /// <summary>The reply that was taken; the command still owns it.</summary>
    public RedisReply Reply => reply;

    /// <summary>Gives the command an error as its result.</summary>
    public void Fail(Exception failure) => error = failure;

    /// <summary>Tells the caller the result: the error, or else the reply.</summary>
    /// <param name="isInline">Whether the caller may go on at once, on this thread.</param>
    public void Complete(bool isInline)
    {
        pool.Release();
        if (Interlocked.CompareExchange(ref claimed, 1, 0) != 0)
        {
            // The caller has gone; nobody will read the reply.
            reply.Dispose();
            return;
        }

        core.RunContinuationsAsynchronously = !isInline;
        if (error is not null)
        {
            reply.Dispose();
            core.SetException(error);
        }
        else
        {
            core.SetResult(reply);
        }
    }

    /// <inheritdoc/>
    public RedisReply GetResult(short token)
    {
        var isOwn = token == core.Version;
        try
        {
            return core.GetResult(token);
        }
        finally
        {
            // A cancelled command is still in a queue, or its cancellation is still running: it is left to itself.
            if (isOwn && (!isCancellable || registration.Unregister()))
            {
                Reset();
                pool.Return(this);
            }
        }
    }

    /// <inheritdoc/>
    public ValueTaskSourceStatus GetStatus(short token) => core.GetStatus(token);

    /// <inheritdoc/>
    public void OnCompleted(
        Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        core.OnCompleted(continuation, state, token, flags);

    private void Cancel(CancellationToken token)
    {
        if (Interlocked.CompareExchange(ref claimed, 1, 0) == 0)
        {
            core.RunContinuationsAsynchronously = true;
            core.SetException(new OperationCanceledException(token));
        }
    }

    // Errors are no replies: they are the client's.
    private bool TryReadInPlace(in ReadOnlySequence<byte> bytes)
    {
        var lying = new RedisReply(bytes.IsSingleSegment ? bytes.First : bytes.ToArray());
        if (lying.IsError)
        {
            return false;
        }

        try
        {
            Reader!.Read(lying);
        }
        catch (Exception failure)
        {
            // Whatever it is, it is of this command alone: the thread has the replies of others to read.
            error = failure;
        }

        return true;
    }

    private void Reset()
    {
        core.Reset();
        registration = default;
        reply = default;
        error = null;
        replies = null;
        buffer.Clear();
        (start, arguments, keyStart, keyLength, claimed) = (0, 0, 0, 0, 0);
        (Frames, FramesAnswered, RepliesToSkip, Redirects) = (0, 0, 0, 0);
        (IsRouted, Refusal) = (false, null);
        (IsRepeatable, ExpectsPush, isReadInPlace, Patience) = (false, false, false, TimeSpan.Zero);
    }

    private void BeginFrame()
    {
        frame = buffer.Length;
        buffer.Leave(HeaderRoom);
        arguments = 0;
        Frames++;
    }

    private void EndFrame()
    {
        if (arguments > ArgumentsMax)
        {
            throw new ArgumentException($"A command has {arguments} arguments; Redis takes at most {ArgumentsMax}.");
        }

        Span<byte> header = stackalloc byte[HeaderRoom];
        header[0] = (byte)'*';
        _ = Utf8Formatter.TryFormat(arguments, header[1..], out var count);
        header[count + 1] = (byte)'\r';
        header[count + 2] = (byte)'\n';
        header = header[..(count + 3)];
        var gap = HeaderRoom - header.Length;
        if (frame == 0)
        {
            start = gap;
            header.CopyTo(buffer.From(gap));
            return;
        }

        // Behind another command there may be no gap: the arguments move up.
        header.CopyTo(buffer.From(frame));
        buffer.From(frame + HeaderRoom).CopyTo(buffer.From(frame + header.Length));
        buffer.Length -= gap;
        keyStart -= keyStart > frame ? gap : 0;
    }
}
