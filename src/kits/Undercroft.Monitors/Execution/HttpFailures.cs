using System.Net.Sockets;
using System.Security.Authentication;

namespace Undercroft.Monitors;

/// <summary>Says in one sentence what the network did.</summary>
internal static class HttpFailures
{
    public static NodeFailure Describe(Exception error)
    {
        for (var at = error; at is not null; at = at.InnerException)
        {
            switch (at)
            {
                case AddressRefusedException refused:
                    return new NodeFailure(refused.Message, error);
                case AuthenticationException:
                    // Only what the server answered with bytes of TLS is about its certificate.
                    var isCertificate = at.Message.Contains("certificate", StringComparison.OrdinalIgnoreCase);
                    return new NodeFailure(
                        $"no encrypted connection could be made: {Sentence(at.Message)} Look at "
                        + (isCertificate ? "the server's certificate." : "whether the server speaks TLS at that port."),
                        error);
                case SocketException socket:
                    return new NodeFailure(
                        $"the server cannot be reached: {Reason(socket.SocketErrorCode)}. Look at its address, port "
                        + "and state.",
                        error);
                case HttpRequestException { HttpRequestError: HttpRequestError.ResponseEnded }:
                case HttpIOException { HttpRequestError: HttpRequestError.ResponseEnded }:
                    return new NodeFailure(
                        "the server ended the connection before its response was whole. Look at its log.", error);
                case InvalidDataException:
                    return new NodeFailure(
                        "the body of the response is not compressed as its Content-Encoding says.", error);
                default:
                    break;
            }
        }

        // The outer ones often say only that something has failed.
        var said = Sentence(error.GetBaseException().Message);
        return new NodeFailure($"the exchange with the server failed: {said}", error);
    }

    private static string Reason(SocketError code) => code switch
    {
        SocketError.HostNotFound or SocketError.NoData => "its name is not known",
        SocketError.TryAgain => "its name could not be looked up just now",
        SocketError.ConnectionRefused => "nothing listens at its port, or the connection was refused",
        SocketError.ConnectionReset or SocketError.ConnectionAborted => "the connection was cut",
        SocketError.TimedOut => "it does not answer",
        SocketError.HostUnreachable or SocketError.NetworkUnreachable or SocketError.NetworkDown =>
            "no way leads to it",
        _ => $"the network says {code}",
    };

    private static string Sentence(string text)
    {
        var line = text.ReplaceLineEndings(" ").Trim();
        return line.Length > 0 && line[^1] is '.' or '!' or '?' ? line : line + ".";
    }
}
